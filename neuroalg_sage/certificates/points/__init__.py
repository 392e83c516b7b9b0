"""Claims about a model at given weights, a point of its parameters."""

from neuroalg_sage.certificates.claim import Claim

POINT = ".points.point:Point"

CLAIMS = (
    Claim("rank", ".points.rank:check_rank", ("proved", "monte_carlo", "bounds"),
          subject=POINT),
    Claim("unidentified_parameters", ".points.rank:check_unidentified", kinds=(list,),
          subject=POINT),
    Claim("inactive_units", ".points.states:check_inactive", kinds=(dict,), others=True,
          subject=POINT),
    Claim("layer_ranks", ".points.matrices:check_ranks", kinds=(list,), subject=POINT),
    Claim("smallest_singular_values", ".points.singular_values:check_smallest", kinds=(list,),
          subject=POINT),
    Claim("law_values", ".points.symmetries:check_values", kinds=(list,), others=True,
          subject=POINT),
    Claim("stabilizer", ".points.symmetries:check_stabilizer", kinds=(dict,), others=True,
          subject=POINT),
    Claim("input_symmetries", ".points.inputs:check_input_symmetries", kinds=(dict,),
          subject=POINT),
    Claim("nearest_subnetworks", ".points.strata:check_nearest", kinds=(list,), others=True,
          subject=POINT),
)
