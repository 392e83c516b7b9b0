"""
Claims that other packages declare, as entry points of the group ``neuroalg_sage.claims``.

An entry point has the name of a claim, and its value is a
:class:`~neuroalg_sage.certificates.claim.Claim`.  It is looked up only where this checker does not
know a claim.  The check is that package's own: it is outside of the trusted base, and who accepts
the claim believes the package.  So its certificates must state in ``trust``, before whomever the
check names, ``package:`` and the package's name; and the verdict says so, with the version.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from neuroalg_sage.certificates.claim import Claim
from neuroalg_sage.certificates.reading import CertificateError, Checked, require

GROUP = "neuroalg_sage.claims"


@dataclass(frozen=True)
class OutsideClaim(Claim):
    """
    A kind of claim that a package declares.

    - ``package``, ``version`` -- those of the package
    """

    package: str = ""
    version: str = ""

    @property
    def origin(self) -> str:
        return f"{self.package} {self.version}"

    def verify(self, model: Any, value: Any, evidence: Any, *stated: Any) -> Checked:
        """What the package says that it verified, and whom it trusts besides itself."""
        whose = f"The check of the package {self.origin}"
        try:
            found = self.function(model, value, evidence, *stated)
        except CertificateError:
            raise
        except (Exception, SystemExit) as error:  # whatever it does wrong, it is no proof
            raise CertificateError(f"{whose} failed ({type(error).__name__}).") from error
        require(isinstance(found, tuple) and len(found) == 2 and all(
            isinstance(part, list) and all(isinstance(said, str) for said in part)
            for part in found), f"{whose} does not say what was verified and whom to trust.")
        verified, trust = found
        return verified, [f"package: {self.package}", *trust]


def claim(name: str) -> OutsideClaim | None:
    """The claim of this name that a package declares, if one does."""
    try:
        declared = list(entry_points(group=GROUP, name=name))
    except Exception as error:  # of any package that is installed
        raise CertificateError("What the installed packages declare cannot be read "
                               f"({type(error).__name__}).") from error
    require(len(declared) <= 1, f"Several packages declare the claim {name!r}.")
    return _loaded(declared[0]) if declared else None


def _loaded(entry: EntryPoint) -> OutsideClaim:
    described: Any = entry.dist.metadata if entry.dist is not None else {}
    package, version = (str(described[field]) if field in described else ""
                        for field in ("Name", "Version"))
    require(package and version, f"The package that declares the claim {entry.name!r} does not say "
            "its name and version.")
    whose = f"The package {package} {version} declares the claim {entry.name!r}"
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:
        raise CertificateError(
            f"{whose}, but cannot be loaded ({type(error).__name__}).") from error
    require(isinstance(found, Claim) and found.name == entry.name,
            f"{whose}, but its entry point is not that claim.")
    return OutsideClaim(found.name, found.check, found.statuses, found.kinds, found.others,
                        found.subject, package=package, version=version)
