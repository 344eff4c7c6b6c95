//! Seeded draws with replacement, for every bootstrap. What is drawn is the caller's business.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A source of draws; the same seed gives the same draws on every machine and with every version.
pub(crate) struct Draws {
    generator: ChaCha8Rng,
}

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        // The generator's own expansion of a small seed may change between its versions; this one can't.
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self {
            generator: ChaCha8Rng::from_seed(key),
        }
    }

    /// One of `0..count`, each as likely as the others.
    ///
    /// # Panics
    ///
    /// When there is nothing to draw from, or more than 2³² things.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        assert!(
            (1..=1 << 32).contains(&count),
            "something is drawn from, by 32 bits"
        );
        // The high half of a product maps 32 random bits to an index; its bias, count / 2³², is far below the noise of any
        // number of rounds that is worth waiting for.
        let index = (u64::from(self.generator.next_u32()) * count as u64) >> 32;
        index as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_drawn_about_as_often() {
        let mut draws = Draws::new(7);
        let mut counts = [0_u32; 5];
        for _ in 0..50_000 {
            counts[draws.below(5)] += 1;
        }
        // Six standard deviations of 89.
        assert!(
            counts.iter().all(|count| count.abs_diff(10_000) < 540),
            "{counts:?}"
        );
    }

    #[test]
    fn a_seed_is_its_draws() {
        let some = |seed| -> Vec<usize> {
            let mut draws = Draws::new(seed);
            (0..20).map(|_| draws.below(1000)).collect()
        };
        assert_eq!(some(1), some(1));
        assert_ne!(some(1), some(2));
    }
}
