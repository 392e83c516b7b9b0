"""
Names of architectures that are no families here: why not, which family is nearest, and an example.

Names under which a family is known besides its own stand with it, in
:data:`~neuroalg_sage.models.families.FAMILIES`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Elsewhere:
    """
    Architectures that no family of this name has.

    - ``names`` -- in small letters and digits
    - ``why`` -- what they are here, or what of them is not algebraic
    - ``example`` -- a spec of what is nearest
    """

    names: tuple[str, ...]
    why: str
    example: str


ELSEWHERE = (
    Elsewhere(("densenet", "highway", "mixer"), "its skip connections are those of a "
              "ComputationGraph in Python; blocks that are added to a state are resnet",
              "resnet:width=2,hidden=3,blocks=2:x^2"),
    Elsewhere(("bert", "gpt", "llm", "llama", "vit", "swin", "perceiver", "performer", "retnet"),
              "a softmax is no polynomial; attention without it is, with skip connections and a "
              "network on each token, also with a causal mask",
              "transformer:d=2,a=1,t=2,hidden=2,heads=2,causal=1:x^2"),
    Elsewhere(("switch",), "gates by a softmax are not polynomials; linear and polynomial ones are",
              "moe:inputs=2,outputs=1,experts=2,hidden=3:x^2"),
    Elsewhere(("swiglu", "geglu"), "gates by exponentials are not polynomials; gated linear units "
              "with a polynomial are", "glu:widths=2x3x1:x^2"),
    Elsewhere(("hadamard",), "in Python a product of layers is a Product; a layer with "
              "two factors is a gated linear unit", "glu:widths=2x3x1"),
    Elsewhere(("encoder", "decoder"), "both together are an autoencoder",
              "autoencoder:widths=4x2,tied=1"),
    Elsewhere(("lowrank", "pca"), "a product of two matrices of low rank is a linear network with "
              "a narrow layer", "linear:4,1,4"),
    Elsewhere(("unet", "fcn", "segnet"), "in Python a skip connection is the Sum of a Chain of "
              "layers and the empty Chain; without it the network is convolutional",
              "cnn:3,2:x^2:out=3"),
    Elsewhere(("lstm", "gru", "xlstm"), "gates by sigmoids are not polynomials; a recurrence with "
              "a polynomial as activation is", "rnn:state=2,steps=3:x^2"),
    Elsewhere(("mamba", "hyena", "rwkv"), "its exponentials are not polynomials; a selective "
              "state-space model, whose matrices are polynomials in the input, is",
              "ssm:state=2,steps=3,selective=1"),
    Elsewhere(("vae", "vqvae"), "what is sampled or rounded is no polynomial; without that it is "
              "an autoencoder", "autoencoder:widths=4x2:x^2"),
    Elsewhere(("gcn",), "a graph convolution with one matrix for a vertex and its neighbors "
              "together is a special gnn, which has a matrix for each",
              "gnn:graph=C4,channels=1x2x1:x^2"),
    Elsewhere(("graphsage", "chebnet", "sgc"),
              "networks on graphs that add linear messages are gnn, with powers of the adjacency "
              "matrix or of the Laplacian",
              "gnn:graph=C4,channels=1x2x1,matrix=laplacian,powers=2:x^2"),
    Elsewhere(("gat", "graphattention", "graphormer"), "the weights of attention between neighbors "
              "are a softmax, which is no polynomial; convolutions on graphs are polynomial",
              "gnn:graph=C4,channels=1x2x1:x^2"),
    Elsewhere(("equivariant", "steerable", "irreps"), "networks that commute with given "
              "representations are made in Python by EquivariantNetwork; those of a group that "
              "acts on itself are gcnn", "gcnn:group=S3,layers=2:x^2"),
    Elsewhere(("pointnet", "settransformer"), "networks on sets of points have linear maps that "
              "commute with all permutations", "sets:points=4,channels=1x2x1,readout=sum:x^2"),
    Elsewhere(("leakyrelu", "maxout", "abs", "hardtanh"), "with this activation there are networks "
              "at given weights, as neuroalg regions takes them; with parameters there is a model "
              "for each activation pattern of ReLU", "relu:2,3,1"),
    Elsewhere(("sigmoid", "tanh", "softmax", "softplus", "gelu", "silu", "swish", "elu"),
              "this activation is no polynomial; a polynomial near it is one",
              "mlp:2,2,1:x-x^3/3"),
    Elsewhere(("gan", "diffusion", "nerf", "pinn", "deeponet", "siren"), "this names a way to "
              "train or to use a network; the network itself may be fully connected",
              "mlp:2,3,1:x^3"),
    Elsewhere(("vgg", "lenet", "alexnet", "mobilenet", "efficientnet", "inception", "convnext"),
              "its convolutions, with a polynomial as activation and strides in place of pooling "
              "by maxima, are cnn", "cnn:3x3c2s2,2x2:x^2"),
    Elsewhere(("rbm", "boltzmann", "hopfield", "snn", "som", "rbf", "svm", "kernel"),
              "its functions are not polynomials in weights and inputs; those of a network with "
              "one hidden layer of powers are", "mlp:2,3,1:x^2"),
)


def plain(word: str) -> str:
    """
    A name in small letters and digits.

    EXAMPLES::

        >>> plain("Self-Attention")
        'selfattention'
    """
    return re.sub("[^a-z0-9]", "", word[:50].lower())


def known_elsewhere(word: str) -> Elsewhere | None:
    """
    What is known of a name that no family has; versions count as their architecture.

    EXAMPLES::

        >>> known_elsewhere("VGG-16").example
        'cnn:3x3c2s2,2x2:x^2'
    """
    word = plain(word)
    names = {name: entry for entry in ELSEWHERE for name in entry.names}
    return names.get(word) or names.get(word.rstrip("0123456789"))
