"""Claims about neuromanifolds over the real numbers."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS: tuple[Claim, ...] = (
    Claim("trichotomy", ".real.trichotomy:check_trichotomy", kinds=(str,), of_functions=True),
    Claim("is_dense", ".real.trichotomy:check_dense", kinds=(bool,), of_functions=True),
    Claim("is_closed", ".real.trichotomy:check_closed", kinds=(bool,), of_functions=True),
    Claim("semialgebraic_description", ".real.description:check_description", kinds=(list,),
          of_functions=True),
    Claim("real_membership", ".real.membership:check_real_membership", kinds=(list,),
          of_functions=True),
    Claim("typical_ranks", ".real.typical_ranks:check_typical_ranks", ("proved", "bounds"),
          of_functions=True),
    Claim("real_rank", ".real.real_rank:check_real_rank", ("proved", "bounds"),
          of_functions=True),
    Claim("real_ranks", ".real.real_ranks:check_real_ranks", ("monte_carlo",), (dict,),
          of_functions=True),
    Claim("boundary", ".real.boundary:check_boundary", kinds=(list,), of_functions=True),
    Claim("betti_numbers", ".real.betti_numbers:check_betti_numbers", kinds=(dict,),
          of_functions=True),
    Claim("real_preimage_numbers", ".real.preimages:check_numbers", ("monte_carlo",), (dict,)),
    Claim("real_preimage_dimension", ".real.preimage_dimension:check_fibers", kinds=(dict,)),
)
