//! Seeded draws for the datasets: integers, sums and products only, so that every machine gets the same bytes.

/// A stream of draws (SplitMix64).
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between 0 (included) and 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Between `low` and `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// One of `0..count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.uniform() * count as f64) as usize
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A sum of twelve uniform draws: close enough to a normal distribution.
    pub(crate) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.uniform()).sum();
        mean + deviation * (sum - 6.0)
    }

    /// One of the values, each as likely as its weight says.
    pub(crate) fn pick<T: Copy>(&mut self, values: &[(T, f64)]) -> T {
        let mut point = self.uniform() * values.iter().map(|(_, weight)| weight).sum::<f64>();
        for (value, weight) in values {
            point -= weight;
            if point < 0.0 {
                return *value;
            }
        }
        values.last().expect("there is something to pick from").0
    }

    /// A permutation of `0..count`.
    pub(crate) fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }

    /// The text, or nothing in that share of cells.
    pub(crate) fn sometimes(&mut self, missing: f64, text: String) -> String {
        if self.chance(missing) {
            String::new()
        } else {
            text
        }
    }
}
