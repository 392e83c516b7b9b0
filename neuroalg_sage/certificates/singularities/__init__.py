"""Claims about the singular locus, the critical locus and subnetworks."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("singular_locus", ".singularities.singular_locus:check_singular_locus",
          of_functions=True, of_cones=True),
    Claim("singular_subvarieties", ".singularities.singular_components:check_singular_subvarieties",
          others=True, of_cones=True),
    Claim("cancellations", ".singularities.cancellations:check_cancellations", kinds=(list,),
          of_cones=True),
    Claim("subnetworks", ".singularities.subnetworks:check_subnetworks"),
    Claim("critical_locus", ".singularities.critical_locus:check_critical_locus"),
    Claim("critical_subvarieties", ".singularities.critical_locus:check_critical_subvarieties",
          others=True),
)
