-- Polynomials as whole files, and scripts that cannot disturb each other.
--
-- A file holds one value, as lines of text.  A block of polynomials is
--
--     polynomials KIND ROWS COLUMNS      KIND is matrix, ideal or polynomial
--     the name of a ring that both sides know, or nothing
--     the characteristic
--     the names of the variables, separated by commas
--     options of the ring, as Macaulay2 text, or nothing
--     the number of terms of each entry, row by row, separated by commas
--     the alphabet: variable, exponent, variable, exponent, ...
--     the coefficients of all terms, separated by commas
--     the monomials of all terms, one in a line
--
-- A monomial is a word: the letter with code firstLetter + i stands for the i-th
-- pair (variable, exponent) of the alphabet.  So the engine makes a monomial from a
-- line of text in two compiled steps, and no expression is ever parsed.

export { "readPolynomials", "writePolynomials" }

importFrom_Core { "raw", "rawPairs", "rawTerm", "rawFromNumber", "rawMakeMonomial",
    "rawSparseListFormMonomial" }

-- The private use area of Unicode and all beyond it: no line ends, no surrogates.
firstLetter = 57344
lastLetter = 1114111

-- Reading ------------------------------------------------------------------------

-- The parser takes time quadratic in the length of a literal: cut long ones.
longestLiteral = 400

readNatural = s -> (
    if #s <= longestLiteral then return value s;
    half := #s // 2;
    readNatural substring(0, #s - half, s) * 10^half
    + readNatural substring(#s - half, s))

readNumber = s -> (
    if s#0 == "-" then return - readNumber substring(1, s);
    parts := separate("/", s);
    if #parts == 1 then readNatural s else readNatural parts#0 / readNatural parts#1)

readNumbers = line -> (
    parts := separate(",", line);
    if all(parts, s -> #s <= longestLiteral) then value("{" | line | "}")
    else apply(parts, readNumber))

-- Adding n terms one by one costs n^2 steps, in balanced halves n log n.
balancedSum = terms -> (
    if #terms <= 4 then plus toSequence terms
    else (
        half := #terms // 2;
        balancedSum take(terms, half) + balancedSum drop(terms, half)))

ringText = (characteristic, names, ordering) -> (
    field := if characteristic == "0" then "QQ" else "ZZ/" | characteristic;
    if names == "" then field
    else field | "[" | names | (if ordering == "" then "" else ", " | ordering) | "]")

readPolynomials = method()
readPolynomials String := file -> readPolynomials(file, null)
readPolynomials(String, Nothing) :=
readPolynomials(String, Ring) := (file, R) -> (
    text := lines get file;
    heading := separate(" ", text#0);
    if heading#0 != "polynomials" then error "expected a file of polynomials";
    (kind, rows, columns) := (heading#1, value heading#2, value heading#3);
    if R === null then R = value ringText(text#2, text#3, text#4);
    lengths := value("{" | text#5 | "}");
    coefficients := readNumbers text#7;
    elements := if text#3 == "" then (
        i := -1;
        apply(lengths, n -> if n == 0 then 0_R else promote(coefficients#(i = i + 1), R)))
    else (
        powers := apply(pack(2, value("{" | text#6 | "}")), toSequence);
        alphabet := join(toList(firstLetter : null), powers);
        (rawR, rawK) := (raw R, raw coefficientRing R);
        words := take(text, {8, 7 + #coefficients});
        terms := apply(coefficients, words, (c, word) ->
            rawTerm(rawR, rawFromNumber(rawK, c), rawMakeMonomial alphabet_(utf8 word)));
        start := 0;
        apply(lengths, n -> if n == 0 then 0_R else (
                start = start + n;
                new R from balancedSum take(terms, {start - n, start - 1}))));
    if kind == "polynomial" then elements#0
    else if kind == "ideal" then ideal (
        if #elements == 0 then map(R^1, R^0, 0) else matrix(R, {elements}))
    else if #elements == 0 then map(R^rows, R^columns, 0)
    else matrix(R, pack(columns, elements)))

-- Writing ------------------------------------------------------------------------

-- encode(x, names): the lines that stand for x.  The table names gives the names of
-- the rings that the reader knows.
encode = method()

isPrimeFieldOrIntegers = k -> (
    k === ZZ or k === QQ or instance(k, QuotientRing) and ambient k === ZZ
    or instance(k, GaloisField) and k.degree == 1)

-- The options that make a ring what it is, as text; nothing for the usual ones.
orderingText = R -> (
    n := numgens R;
    blocks := select((options R).MonomialOrder, o -> o#0 =!= MonomialSize and o#0 =!= Position);
    blocks = apply(blocks, o ->
        if o#0 === GRevLex and instance(o#1, List) and all(o#1, w -> w == 1)
        then GRevLex => #o#1 else o);
    blocks = toList blocks;
    text := if blocks === {GRevLex => n} then ""
    else if blocks === {Lex => n} then "Lex"
    else if blocks === {Weights => toList(n : 1), Lex => n} then "GLex"
    else toString blocks;
    demark(", ", join(
            if text == "" then {} else {"MonomialOrder => " | text},
            if degrees R === toList(n : {1}) then {}
            else {"Degrees => " | toString degrees R})))

isPolynomialRingOverPrimeField = R -> (
    while instance(R, QuotientRing) and not isPrimeFieldOrIntegers R do R = ambient R;
    isPrimeFieldOrIntegers R
    or instance(R, PolynomialRing) and isCommutative R
    and isPrimeFieldOrIntegers coefficientRing R)

encodeRing = (R, known) -> (
    if not isPolynomialRingOverPrimeField R then error(
        "a result lies in " | toString describe R
        | ", which is not a commutative polynomial ring over QQ or ZZ/p");
    name := if known#?R then known#R else "";
    if isPrimeFieldOrIntegers R then {name, toString char R, "", ""}
    else {name, toString char R, demark(",", apply(gens R, toString)),
        orderingText ambientPolynomialRing R})

ambientPolynomialRing = R -> (
    while instance(R, QuotientRing) do R = ambient R;
    R)

encodeEntries = (kind, rows, columns, R, elements, known) -> (
    if not isPolynomialRingOverPrimeField R then (
        -- towers such as QQ[a][x] are polynomial rings in disguise
        F := try last flattenRing R else null;
        if F =!= null and target F =!= R then (
            R = target F;
            elements = apply(elements, f -> F f)));
    heading := prepend(concatenate between(" ", ("polynomials", kind, toString rows, toString columns)),
        encodeRing(R, known));
    if isPrimeFieldOrIntegers R then (
        numbers := select(elements, c -> c != 0);
        return join(heading,
            {demark(",", apply(elements, c -> if c == 0 then "0" else "1")), "",
                demark(",", apply(numbers, c -> toString(if instance(c, Number) then c else lift(c, ZZ))))},
            apply(numbers, c -> "")));
    rawK := raw coefficientRing R;
    pairsOfTerms := apply(elements, f -> rawPairs(rawK, raw f));
    letters := new MutableHashTable;
    alphabet := new MutableList;
    count := 0;
    letter := power -> if letters#?power then letters#power else (
        alphabet#count = power;
        count = count + 1;
        letters#power = firstLetter + count - 1);
    words := flatten apply(pairsOfTerms, p ->
        apply(toList p#1, m -> utf8 apply(rawSparseListFormMonomial m, letter)));
    if firstLetter + count - 1 > lastLetter then error "a result has too many different exponents";
    join(heading,
        {demark(",", apply(pairsOfTerms, p -> toString(#p#0))),
            demark(",", apply(toList alphabet, p -> toString p#0 | "," | toString p#1)),
            demark(",", flatten apply(pairsOfTerms, p -> apply(toList p#0, toString)))},
        words))

encode(ZZ, HashTable) := (n, known) -> {"integer " | toString n}
encode(QQ, HashTable) := (q, known) -> {"rational " | toString q}
encode(RR, HashTable) := (x, known) -> {"real " | (
        if not isFinite x then (if x != x then "nan" else if x > 0 then "inf" else "-inf")
        else replace("p[0-9]+", "", toExternalString x))}
encode(InfiniteNumber, HashTable) := (x, known) -> {"real " | (if x > 0 then "inf" else "-inf")}
encode(Boolean, HashTable) := (b, known) -> {"boolean " | toString b}
encode(Nothing, HashTable) := (x, known) -> {"nothing"}
encode(String, HashTable) := (s, known) -> (
    parts := separate("\n", s);
    prepend("string " | toString(#parts), parts))
encode(BasicList, HashTable) := (L, known) -> (
    prepend("list " | toString(#L), flatten apply(toList L, x -> encode(x, known))))
encode(HashTable, HashTable) := (H, known) -> (
    prepend("table " | toString(#H),
        flatten apply(pairs H, (key, x) -> join(encode(key, known), encode(x, known)))))
encode(Set, HashTable) := (S, known) -> encode(keys S, known)
encode(Ring, HashTable) := (R, known) -> prepend("ring", encodeRing(R, known))
encode(RingElement, HashTable) := (f, known) -> (
    encodeEntries("polynomial", 1, 1, ring f, {f}, known))
encode(Matrix, HashTable) := (M, known) -> (
    encodeEntries("matrix", numrows M, numcols M, ring M, flatten entries M, known))
encode(Ideal, HashTable) := (I, known) -> (
    encodeEntries("ideal", 1, numgens I, ring I, first entries generators I, known))
encode(GroebnerBasis, HashTable) := (G, known) -> encode(generators G, known)
encode(RingMap, HashTable) := (F, known) -> encode(matrix F, known)
encode(Thing, HashTable) := (x, known) -> error(
    "a result of class " | toString class x | " cannot be handed over")

writeLines = (file, text) -> (file << demark("\n", text) << endl << close; file)

writePolynomials = method()
writePolynomials(String, RingElement) :=
writePolynomials(String, Ideal) :=
writePolynomials(String, Matrix) := (file, f) -> (
    writeLines(file, encode(f, hashTable {}));)

-- Scripts ------------------------------------------------------------------------

-- What a script may change without naming it: the values of the mutable symbols of
-- Core, such as dictionaryPath, path and printWidth, and of what the session itself has
-- named; the current directory, and an alarm that is set.  What cannot be restored are
-- methods that a script installs, hooks that it adds, and symbols that it protects.
transient = set {"lineNumber", "oo", "ooo", "oooo", "lastMatch", "interpreterDepth", "OutputDictionary"}
untouched = new MutableHashTable

rememberSession = visible -> (
    untouched#"values" = apply(
        select(join(pairs Core.Dictionary, pairs User#"private dictionary"),
            (name, s) -> mutable s and not transient#?name),
        (name, s) -> (s, value s));
    untouched#"partial packages" = partialPackages();
    untouched#"names" = set keys User#"private dictionary";
    untouched#"directory" = currentDirectory();
    untouched#"package" = select(dictionaryPath, d -> not any(visible, e -> e === d));
    untouched#"path" = visible;)

restoreSession = () -> (
    alarm 0;
    scan(untouched#"values", (s, x) -> if value s =!= x then s <- x);
    scan(pairs User#"private dictionary", (name, s) ->
        if not untouched#"names"#?name and mutable s and value s =!= s then s <- s);
    dictionaryPath = untouched#"path";
    if currentDirectory() != untouched#"directory" then changeDirectory untouched#"directory";)

-- The names of packages that are there in part only.  Where the loading of a package ends early,
-- by an error or by an interrupt, Macaulay2 takes the package away, or not; its name stays.
partialPackages = () -> (
    loaded := Core#"private dictionary"#"PackageIsLoaded";
    select(keys PackageDictionary, name -> (
        p := value PackageDictionary#name;
        not instance(p, Package) or p#?loaded and not p#loaded)))

-- Whether no package was left in the middle of being loaded since the session began.
packagesAreWhole = () -> isSubset(partialPackages(), untouched#"partial packages")

-- Each command has a prompt of its own, so that its end is never mistaken.
setPrompt = prompt -> (
    ZZ#{Standard, Core#"private dictionary"#"InputPrompt"} =
    ZZ#{Standard, Core#"private dictionary"#"InputContinuationPrompt"} = lineno -> prompt;)

-- Evaluates directory/script.m2 and writes directory/results: a table, or the word
-- error and a message.  Before that, the empty file directory/begun says that it begins.
-- All that the script names lives in a dictionary that is dropped afterwards.
evaluateScript = (directory, prompt) -> (
    (directory | "begun") << close;
    setPrompt prompt;
    restoreSession();
    names := new Dictionary;
    record := new MutableHashTable;
    record#"rings" = hashTable {};
    record#"results" = new MutableHashTable;
    record#"read" = readPolynomials;
    record#"use package" = () -> dictionaryPath = join(untouched#"package", dictionaryPath);
    getGlobalSymbol(names, "scriptRecord") <- record;
    dictionaryPath = prepend(names, dictionaryPath);
    answer := try (
        load(directory | "script.m2");
        encode(new HashTable from record#"results", record#"rings"))
    except problem do {"error", demark(" ", lines toString problem)};
    restoreSession();
    writeLines(directory | "results", answer);)
