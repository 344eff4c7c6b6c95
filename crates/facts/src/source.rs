//! What a generated Python file says of itself, from its syntax tree; the file was never run.

use serde::{Deserialize, Serialize};

/// Facts about one Python file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// Path inside the package.
    pub path: String,
    /// Why it could not be parsed; all other fields are then empty.
    pub parse_error: Option<ParseError>,
    /// Every import, in order of appearance.
    pub imports: Vec<Import>,
    /// Functions at module level.
    pub functions: Vec<FunctionDef>,
    /// Classes at module level.
    pub classes: Vec<ClassDef>,
    /// Every call, in order of appearance.
    pub calls: Vec<Call>,
    /// Dotted names, and bare names of what was imported, that are read without being called, e.g. `os.environ`, in order of
    /// appearance.
    pub attributes: Vec<Call>,
    /// String literals that look like absolute paths or URLs, with their line.
    pub suspicious_strings: Vec<(u32, String)>,
}

/// Where parsing stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParseError {
    /// Line, from 1.
    pub line: u32,
    /// The parser's message.
    pub message: String,
}

/// One imported module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Full dotted module, e.g. `sklearn.linear_model`; with leading dots when relative.
    pub module: String,
    /// Names taken from it; empty for `import module`.
    pub names: Vec<String>,
    /// Line, from 1.
    pub line: u32,
}

/// A function at module level or a method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionDef {
    /// Its name.
    pub name: String,
    /// Names of its positional parameters, `self` included.
    pub parameters: Vec<String>,
    /// How many of them have defaults.
    pub defaults: usize,
    /// Line, from 1.
    pub line: u32,
}

/// A class at module level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassDef {
    /// Its name.
    pub name: String,
    /// Its bases as dotted names.
    pub bases: Vec<String>,
    /// Its methods.
    pub methods: Vec<FunctionDef>,
    /// Line, from 1.
    pub line: u32,
}

/// A call of, or a look at, a dotted name, with import aliases resolved
/// (`np.random.rand` → `numpy.random.rand`, `from time import time; time()` → `time.time`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The dotted name. In a chain, an earlier call stands as `()`, an item as `[]`, any other expression as `?`:
    /// `pd.read_csv(p).sample` is `pandas.read_csv().sample`.
    pub name: String,
    /// Number of positional arguments (0 for a look).
    pub arguments: usize,
    /// Names of keyword arguments.
    pub keywords: Vec<String>,
    /// Whether the first positional argument is the literal `None`.
    #[serde(default)]
    pub first_is_none: bool,
    /// Names of keyword arguments whose value is the literal `None`.
    #[serde(default)]
    pub none_keywords: Vec<String>,
    /// Line, from 1.
    pub line: u32,
}
