"""Claims about how large a neuromanifold is: covering numbers, tubes, spans, samples."""

from neuroalg_sage.certificates.claim import Claim

LIST = (list,)
CLAIMS = (
    Claim("covering_number", ".capacity.covering_number:check_covering_number",
          ("proved", "bounds"), LIST, of_functions=True),
    Claim("tube_volume", ".capacity.tubes:check_tube_volume", ("bounds",), LIST,
          of_functions=True),
    Claim("estimated_tube_volume", ".capacity.tube_samples:check_estimate", ("monte_carlo",), LIST),
    Claim("span", ".capacity.span:check_span", ("proved", "monte_carlo"), LIST, of_cones=True),
    Claim("pseudo_dimension", ".capacity.pseudo_dimension:check_pseudo_dimension",
          ("proved", "bounds"), kinds=(list,)),
    Claim("is_of_minimal_degree", ".capacity.span:check_minimal_degree", kinds=(bool,),
          of_cones=True),
    Claim("identifying_inputs", ".capacity.samples:check_identifying_inputs",
          ("proved", "monte_carlo"), LIST),
    Claim("interpolating_functions", ".capacity.interpolation:check_interpolating_functions",
          ("proved", "bounds"), LIST),
    Claim("sample_complexity", ".capacity.samples:check_sample_complexity", kinds=LIST,
          of_functions=True),
    Claim("necessary_samples", ".capacity.necessary_samples:check_necessary_samples", kinds=LIST,
          of_functions=True),
)
