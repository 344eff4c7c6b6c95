//! How hard an English text is to read: sentences, words, syllables. Other languages are recognised as not English, and not
//! judged.

/// Words that every English text is full of; about two in five words are one of these.
const FUNCTION_WORDS: [&str; 44] = [
    "the", "of", "and", "to", "a", "in", "is", "it", "that", "for", "was", "on", "are", "as",
    "with", "be", "at", "by", "this", "have", "from", "or", "one", "had", "not", "but", "what",
    "all", "were", "when", "we", "there", "can", "an", "each", "which", "their", "if", "will",
    "than", "them", "no", "its", "so",
];

/// Counts over a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) sentences: usize,
    pub(crate) words: usize,
    syllables: usize,
    function_words: usize,
}

impl Reading {
    /// Counts over sentences.
    pub(crate) fn of<'a>(sentences: impl Iterator<Item = &'a str>) -> Self {
        let mut reading = Self::default();
        for sentence in sentences {
            let before = reading.words;
            for word in words(sentence) {
                reading.words += 1;
                reading.syllables += syllables(&word);
                reading.function_words += usize::from(FUNCTION_WORDS.contains(&word.as_str()));
            }
            reading.sentences += usize::from(reading.words > before);
        }
        reading
    }

    /// Flesch's reading ease: about 100 for a primer, 60–70 for plain English, 30 for a scientific paper; lower is harder.
    ///
    /// Source: R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948).
    pub(crate) fn ease(&self) -> f64 {
        206.835
            - 1.015 * self.words_per_sentence()
            - 84.6 * self.syllables as f64 / self.words.max(1) as f64
    }

    pub(crate) fn words_per_sentence(&self) -> f64 {
        self.words as f64 / self.sentences.max(1) as f64
    }

    /// Share of function words, 0–1: about 0.4 in English prose, below 0.2 in lists of terms, near 0 in anything else.
    pub(crate) fn function_share(&self) -> f64 {
        self.function_words as f64 / self.words.max(1) as f64
    }
}

/// Words of letters and apostrophes, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’')
        .map(|word| word.trim_matches(['\'', '’']).to_lowercase())
        .filter(|word| !word.is_empty())
}

/// Groups of vowels, a silent `e` at the end not counted; at least one.
fn syllables(word: &str) -> usize {
    let is_vowel = |c: char| "aeiouyäöüáéíóúàèìòù".contains(c);
    let mut groups = 0;
    let mut inside = false;
    for character in word.chars() {
        let vowel = is_vowel(character);
        groups += usize::from(vowel && !inside);
        inside = vowel;
    }
    let silent = word.ends_with('e') && !word.ends_with("le") && groups > 1;
    (groups - usize::from(silent)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_as_spoken() {
        for (word, expected) in [
            ("the", 1),
            ("table", 2),
            ("score", 1),
            ("prediction", 3),
            ("probability", 5),
            ("rhythm", 1),
            ("x", 1),
        ] {
            assert_eq!(syllables(word), expected, "{word}");
        }
    }

    #[test]
    fn plain_text_is_easier_than_a_paper() {
        let plain = Reading::of(
            [
                "The cat sat on the mat.",
                "It was a warm day and the sun was out.",
            ]
            .into_iter(),
        );
        let paper = Reading::of(
            [
                "Heterogeneous observational covariates necessitate methodological considerations \
              regarding identifiability of interventional distributions.",
            ]
            .into_iter(),
        );
        assert!(
            plain.ease() > 80.0 && paper.ease() < 0.0,
            "{} {}",
            plain.ease(),
            paper.ease()
        );
        assert!(plain.function_share() > 0.4 && paper.function_share() < 0.2);
        assert_eq!(plain.sentences, 2);
    }

    #[test]
    fn nothing_is_no_division_by_zero() {
        let nothing = Reading::of(std::iter::empty());
        assert!(nothing.ease().is_finite() && nothing.words_per_sentence() == 0.0);
    }
}
