"""
What is said of operators that are not read: each completes "The node ...", and says what is.
"""

from __future__ import annotations

from neuroalg_sage.errors import InputError

POLYNOMIAL = ("is not algebraic; a network with a polynomial in its place, at a proved distance, "
              "is another model, which neuroalg approximate finds for a file of ONNX")
ATTENTION = "is not algebraic; attention without softmax, as in attention:d=2,a=1,out=2,t=3, is"
NORMALIZATION = ("normalizes by statistics of parts of the input; what is read are normalizations "
                 "of fixed statistics, as of batches, and of all channels, as of layers")
IN_TRAINING = ("normalizes by the statistics of the examples, as in training; call module.eval() "
               "before the export")
QUANTIZED = "is quantized, so that it rounds; import the network before quantization"
RECURRENT = ("is recurrent with activations that are not algebraic; a linear or polynomial "
             "recurrence, written out, is read")
DISCONTINUOUS = "is not continuous, so that the network is not algebraic"
RANDOM = "is random"


class PiecewiseOperator(InputError):
    """
    A node is piecewise linear: the network belongs to another room.

    - ``node`` -- what messages call the node
    """

    def __init__(self, node: str) -> None:
        super().__init__(
            f"The node {node} is piecewise linear, so that the network is no polynomial model; "
            "PiecewiseLinearNetwork reads such files of ONNX and answers for them, as neuroalg "
            "regions does.")
