//! How the raw files are read: `read_raw` of `prepare.py`, after the profile's readings.

use facts::{Combine, Compression, Format, Header, Profile, Reading, Separator, Storage};
use serde::Serialize;

use super::python::{identifier, list, literal};

/// The Python that reads the raw files.
#[derive(Serialize)]
pub(super) struct ReadingCode {
    /// Whether the module `json` is used.
    json: bool,
    /// Whether the ARFF reader is used.
    arff: bool,
    /// Constants at module level, each with its comment.
    constants: Vec<String>,
    /// Lines of the function's body, indented.
    body: String,
}

/// One file's part.
struct Part {
    /// Lines that go before.
    setup: Vec<String>,
    /// Expression that gives a table of text cells.
    expression: String,
    /// Cell texts that still have to be made missing.
    open_markers: Vec<String>,
    /// Whether cells have to be stripped.
    strip: bool,
}

impl ReadingCode {
    pub(super) fn new(profile: &Profile) -> Self {
        let mut code = Self {
            json: false,
            arff: false,
            constants: Vec::new(),
            body: String::new(),
        };
        let alone = profile.readings.len() == 1;
        let parts: Vec<Part> = profile
            .readings
            .iter()
            .map(|reading| code.part(reading, alone))
            .collect();

        let mut lines: Vec<String> = Vec::new();
        let strip = parts.iter().any(|part| part.strip);
        let markers = open_markers(&parts);
        let commas = decimal_comma_columns(profile);
        let more = strip || !markers.is_empty() || !commas.is_empty();
        lines.extend(parts.iter().flat_map(|part| part.setup.clone()));
        match (parts.as_slice(), more) {
            ([only], false) => lines.push(format!("return {}", only.expression)),
            ([only], true) => lines.push(format!("data = {}", only.expression)),
            (several, _) => {
                lines.push("parts = [".to_owned());
                for part in several {
                    lines.push(format!("    {},", part.expression.replace('\n', "\n    ")));
                }
                lines.push("]".to_owned());
                let (comment, concat) = match profile.combine {
                    Combine::SideBySide => (
                        "Row n of each file belongs together.",
                        "pd.concat(parts, axis=1)",
                    ),
                    Combine::Stacked | Combine::Single => (
                        "All files have the same columns.",
                        "pd.concat(parts, ignore_index=True)",
                    ),
                };
                lines.push(format!("# {comment}"));
                lines.push(format!(
                    "{} {concat}",
                    if more { "data =" } else { "return" }
                ));
            }
        }
        if strip {
            lines.push("# Cells carry blanks around their values.".to_owned());
            lines.push("data = data.apply(lambda column: column.str.strip())".to_owned());
        }
        if !commas.is_empty() {
            lines.push("# Numbers are written with a decimal comma.".to_owned());
            lines.push(format!("for column in {}:", list(&commas, 18)));
            lines.push(
                "    data[column] = data[column].str.replace(\",\", \".\", regex=False)".to_owned(),
            );
        }
        if !markers.is_empty() {
            lines.push(format!(
                "return data.mask(data.isin({}))",
                list(&markers, 32)
            ));
        } else if more {
            lines.push("return data".to_owned());
        }
        code.body = lines.join("\n").replace('\n', "\n    ");
        code
    }

    fn part(&mut self, reading: &Reading, alone: bool) -> Part {
        let file = format!("raw / {}", literal(&reading.path));
        match &reading.format {
            Format::Delimited {
                separator,
                quote,
                comment,
                skip_lines,
                header,
                ..
            } => {
                let mut arguments = vec![file];
                if *separator != Separator::Comma {
                    arguments.push(format!("sep={}", separator_code(*separator)));
                }
                if *skip_lines > 0 {
                    arguments.push(format!("skiprows={skip_lines}"));
                }
                self.header(header, reading, alone, &mut arguments);
                if let Some(quote) = quote.filter(|&quote| quote != '"') {
                    arguments.push(format!("quotechar={}", literal(&quote.to_string())));
                }
                if let Some(comment) = comment {
                    arguments.push(format!("comment={}", literal(&comment.to_string())));
                }
                let codec = reading.encoding.python_codec();
                if codec != "utf-8" {
                    arguments.push(format!("encoding={}", literal(codec)));
                }
                if reading.compression == Some(Compression::Gzip) && !reading.path.ends_with(".gz")
                {
                    arguments.push("compression=\"gzip\"".to_owned());
                }
                text_cells(reading, "read_csv", arguments)
            }
            Format::Xlsx {
                sheet,
                skip_rows,
                header,
            } => {
                let mut arguments = vec![file, format!("sheet_name={}", literal(sheet))];
                if *skip_rows > 0 {
                    arguments.push(format!("skiprows={skip_rows}"));
                }
                self.header(header, reading, alone, &mut arguments);
                text_cells(reading, "read_excel", arguments)
            }
            Format::Arff => {
                self.arff = true;
                let codec = reading.encoding.python_codec();
                let encoding = if codec == "utf-8" {
                    String::new()
                } else {
                    format!(", encoding={}", literal(codec))
                };
                let markers = reading
                    .missing_markers
                    .iter()
                    .filter(|marker| *marker != "?")
                    .cloned()
                    .collect();
                Part {
                    setup: Vec::new(),
                    expression: format!("read_arff({file}{encoding})"),
                    open_markers: markers,
                    strip: false,
                }
            }
            Format::Parquet => Part {
                setup: Vec::new(),
                expression: format!("pd.read_parquet({file}).convert_dtypes().astype(\"str\")"),
                open_markers: reading.missing_markers.clone(),
                strip: reading.strip_blanks,
            },
            Format::JsonRecords {
                record_path,
                flattened,
            } => {
                self.json = true;
                let keys: String = record_path
                    .iter()
                    .map(|key| format!("[{}]", literal(key)))
                    .collect();
                let records = format!("json.loads({}){keys}", read_text(&file, reading));
                json_part(reading, alone, &records, *flattened)
            }
            Format::JsonLines { flattened } => {
                self.json = true;
                let lines = format!("{}.split(\"\\n\")", read_text(&file, reading));
                let records = format!("[json.loads(line) for line in {lines} if line.strip()]");
                json_part(reading, alone, &records, *flattened)
            }
        }
    }

    /// Adds what names the columns to a reader's arguments.
    fn header(
        &mut self,
        header: &Header,
        reading: &Reading,
        alone: bool,
        arguments: &mut Vec<String>,
    ) {
        let constant = if alone {
            "COLUMNS".to_owned()
        } else {
            format!("{}_COLUMNS", stem(reading).to_uppercase())
        };
        let (comment, names, argument) = match header {
            Header::Present { names } if names.is_empty() => return,
            Header::Present { names } => (
                "Names from the file's header, repaired where they were empty, repeated or padded."
                    .to_owned(),
                names,
                "header=0",
            ),
            Header::Absent { names, source } => {
                let from = match source.as_str() {
                    "numbered" => ", so its columns are numbered".to_owned(),
                    "first two lines" => {
                        " of one line: its first two lines together make the names".to_owned()
                    }
                    other => format!("; the names are those of {other}"),
                };
                let comment = format!("The file has no header{from}.");
                (comment, names, "header=None")
            }
        };
        let comment = super::python::comment(&comment, "", 100);
        self.constants.push(format!(
            "{comment}\n{constant} = {}",
            list(names, constant.len() + 3)
        ));
        arguments.push(argument.to_owned());
        arguments.push(format!("names={constant}"));
    }
}

/// A pandas reader that leaves every cell as text.
fn text_cells(reading: &Reading, reader: &str, mut arguments: Vec<String>) -> Part {
    arguments.push("dtype=\"str\"".to_owned());
    arguments.push("keep_default_na=False".to_owned());
    let mut markers = vec![String::new()];
    markers.extend(reading.missing_markers.iter().cloned());
    // With padded cells a marker is recognised only after stripping.
    if !reading.strip_blanks {
        arguments.push(format!("na_values={}", list(&markers, 20)));
        markers.clear();
    }
    let line = format!("pd.{reader}({})", arguments.join(", "));
    // "    return " stands before it.
    let expression = if line.chars().count() <= 85 && !line.contains('\n') {
        line
    } else {
        format!("pd.{reader}(\n    {},\n)", arguments.join(",\n    "))
    };
    Part {
        setup: Vec::new(),
        expression,
        open_markers: markers,
        strip: reading.strip_blanks,
    }
}

fn json_part(reading: &Reading, alone: bool, records: &str, flattened: bool) -> Part {
    let name = if alone {
        "records".to_owned()
    } else {
        format!("{}_records", stem(reading))
    };
    let table = if flattened {
        format!("pd.json_normalize({name}, sep=\"_\")")
    } else {
        format!("pd.DataFrame({name})")
    };
    Part {
        setup: vec![
            format!("{name} = {records}"),
            "# Whole numbers stay whole although others of their column are missing.".to_owned(),
        ],
        expression: format!("{table}.convert_dtypes().astype(\"str\")"),
        open_markers: reading.missing_markers.clone(),
        strip: reading.strip_blanks,
    }
}

/// A Python name made of the file's name without its endings.
fn stem(reading: &Reading) -> String {
    let name = reading.path.rsplit('/').next().unwrap_or_default();
    identifier(name.split('.').next().unwrap_or_default(), "file")
}

fn read_text(file: &str, reading: &Reading) -> String {
    format!(
        "({file}).read_text(encoding={})",
        literal(reading.encoding.python_codec())
    )
}

fn separator_code(separator: Separator) -> &'static str {
    match separator {
        Separator::Comma => "\",\"",
        Separator::Semicolon => "\";\"",
        Separator::Pipe => "\"|\"",
        Separator::Tab => "\"\\t\"",
        Separator::Whitespace => "r\"\\s+\"",
    }
}

fn open_markers(parts: &[Part]) -> Vec<String> {
    let mut markers: Vec<String> = Vec::new();
    for marker in parts.iter().flat_map(|part| &part.open_markers) {
        if !markers.contains(marker) {
            markers.push(marker.clone());
        }
    }
    markers
}

/// Numeric columns of files that write numbers with a decimal comma.
fn decimal_comma_columns(profile: &Profile) -> Vec<String> {
    let any = profile.readings.iter().any(|reading| {
        matches!(
            reading.format,
            Format::Delimited {
                decimal_comma: true,
                ..
            }
        )
    });
    if !any {
        return Vec::new();
    }
    let numeric = profile
        .columns
        .iter()
        .filter(|column| column.storage == Storage::Float);
    numeric.map(|column| column.name.clone()).collect()
}
