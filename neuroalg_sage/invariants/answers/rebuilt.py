"""
A model as the checker of certificates rebuilds it.
"""

from __future__ import annotations

from neuroalg_sage.certificates.claim import Claim
from neuroalg_sage.certificates.model import Model as Checked
from neuroalg_sage.certificates.reading import CertificateError
from neuroalg_sage.errors import LimitReached
from neuroalg_sage.models.model import Model

OF_CONES = Claim("any", "", of_cones=True)


def rebuilt(model: Model) -> Checked:
    """
    The model as the checker rebuilds it.

    Raises LimitReached if the checker refuses to, since it is too large.

    EXAMPLES::

        >>> from neuroalg_sage.models.families import parse_spec
        >>> rebuilt(parse_spec("mlp:2,1,1:x^2")).parameters
        3
        >>> rebuilt(parse_spec("cnn:50x50,60x60:x^2"))
        Traceback (most recent call last):
        ...
        neuroalg_sage.errors.LimitReached: No certificate about cnn:50x50,60x60:x^2
        would be accepted: A model has over 3000000 terms, the most allowed.
    """
    try:
        found: Checked = OF_CONES.rebuilt(model.describe())
        return found
    except CertificateError as error:
        raise LimitReached(f"No certificate about {model} would be accepted: {error}") from None
