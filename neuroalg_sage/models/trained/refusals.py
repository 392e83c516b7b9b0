"""
What is said of operators that are not read: each completes "The node ...", and says what is.
"""

from __future__ import annotations

from neuroalg_sage.errors import InputError

POLYNOMIAL = ("is not algebraic; a network with a polynomial in its place, whose error on an "
              "interval is proved, is another model, and has to be trained or made as such")
ATTENTION = "is not algebraic; attention without softmax, as in attention:d=2,a=1,out=2,t=3, is"
RATIONAL = ("depends on the input and is no polynomial; what is read are roots and quotients of "
            "constants")
QUOTIENT = ("divides by what depends on the input, so that the network is rational; what is read "
            "divides by constants only")
NORMALIZATION = ("normalizes by a root of a polynomial in the input, and is no polynomial; a "
                 "normalization of fixed statistics, as of batches, is read")
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
            "PiecewiseLinearNetwork reads such files and answers for them, as neuroalg regions "
            "does.")
