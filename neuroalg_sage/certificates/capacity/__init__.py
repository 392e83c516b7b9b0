"""Claims about how large a neuromanifold is: covering numbers, tubes, spans, samples."""

from neuroalg_sage.certificates.claim import Claim

CLAIMS = (
    Claim("covering_number", ".capacity.covering_number:check_covering_number",
          ("proved", "bounds"), kinds=(list,)),
    Claim("tube_volume", ".capacity.tubes:check_tube_volume", ("bounds",), kinds=(list,)),
    Claim("span", ".capacity.span:check_span", kinds=(list,)),
    Claim("is_of_minimal_degree", ".capacity.span:check_minimal_degree", kinds=(bool,)),
    Claim("identifying_inputs", ".capacity.samples:check_identifying_inputs",
          ("proved", "monte_carlo"), kinds=(list,)),
    Claim("sample_complexity", ".capacity.samples:check_sample_complexity", kinds=(list,)),
    Claim("necessary_samples", ".capacity.necessary_samples:check_necessary_samples",
          kinds=(list,)),
)
