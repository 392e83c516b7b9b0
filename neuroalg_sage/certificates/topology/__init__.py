"""Claims about the topology of the neurovariety."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("euler_characteristic", ".topology.euler_characteristic:check_euler_characteristic",
          kinds=(dict,)),
)
