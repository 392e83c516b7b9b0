"""How large a neuromanifold is: covering numbers, tubes, spans, samples."""

from neuroalg_sage.invariants.answers.question import Question

PART = "a radius, and a ball or a box"

QUESTIONS = (
    Question("covering_number", "How many balls of a radius cover the functions in a ball, or "
             "those of parameters in a box, from above and from below",
             answer=".capacity.covering_number:CoveringNumber", needs=("dimension",),
             takes=PART, command="capacity", claims=("covering_number",)),
    Question("tube_volume", "The volume of the functions of V near such a part of the "
             "neuromanifold, from above and from below",
             answer=".capacity.tubes:TubeVolume", needs=("dimension",),
             takes=PART, command="capacity", claims=("tube_volume",)),
    Question("estimated_tube_volume", "The volume of such a tube by random functions, but for a "
             "probability",
             answer=".capacity.tube_samples:EstimatedTubeVolume", needs=("dimension",),
             takes=PART, command="capacity", claims=("estimated_tube_volume",)),
    Question("sample_complexity", "How many independent samples suffice for empirical and true "
             "mean of the loss to be close for all functions of such a part at once",
             answer=".capacity.samples:SampleComplexity", needs=("dimension",),
             takes="an error with its probability, and a ball or a box", command="capacity",
             claims=("sample_complexity",)),
    Question("necessary_samples", "How many samples with normal noise any method needs in order "
             "to find each function of such a part within a radius",
             answer=".capacity.necessary_samples:NecessarySamples", needs=("dimension",),
             takes="a radius with its probability, the noise, and a ball or a box",
             command="capacity", claims=("necessary_samples",)),
    Question("identifying_inputs", "How many inputs are necessary to identify a generic function "
             "by its values, and how many generic ones suffice for one function, and for all",
             answer=".capacity.samples:IdentifyingInputs", reported=104, is_extra=True,
             needs=("dimension",),
             claims=("identifying_inputs",)),
    Question("pseudo_dimension", "At how many inputs the functions of an output may be above or "
             "below thresholds at will, from below and from above",
             answer=".capacity.pseudo_dimension:PseudoDimension", reported=106, is_extra=True,
             claims=("pseudo_dimension",)),
    Question("interpolating_functions", "How many functions have as many values of a generic one, "
             "at generic inputs, as there are dimensions", title="interpolating functions",
             answer=".capacity.interpolation:InterpolatingFunctions",
             needs=("dimension", "degree"), claims=("interpolating_functions",)),
    Question("span", "The dimension of the linear span of the neuromanifold",
             answer=".capacity.span:Span", reported=105, is_extra=True, claims=("span",),
             of_cones=True),
    Question("is_of_minimal_degree", "Whether the degree is the least one of a variety of that "
             "dimension with so large a span", title="minimal degree",
             needs=("dimension", "degree", "span"), claims=("is_of_minimal_degree",),
             of_cones=True),
)
