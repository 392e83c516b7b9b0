"""Claims about critical points of a loss."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("critical_points", ".training.critical_points:check_critical_points",
          of_functions=True),
    Claim("loss_bounds", ".training.sums_of_squares:check_loss_bounds",
          statuses=("proved", "bounds")),
    Claim("cross_entropy_points", ".training.cross_entropy:check_points", kinds=(dict,),
          others=True),
    Claim("multistart", ".training.multistart:check_multistart", statuses=("proved", "bounds"),
          others=True),
    Claim("critical_functions", ".training.critical_functions:check_critical_functions"),
    Claim("ramification_locus", ".training.critical_functions:check_ramification_locus"),
    Claim("loss_critical_locus", ".training.loss_critical_locus:check_loss_critical_locus"),
)
