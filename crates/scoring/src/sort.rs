//! Sorting finite numbers by whole-number keys, which is several times as fast as by comparing floats.

/// Below this, comparing is faster than counting bytes.
const SMALL: usize = 4_096;

/// A key that orders as the number does; −0 and 0 have the same.
pub(crate) fn key(number: f64) -> u64 {
    // Adding 0 turns −0 into 0.
    let bits = (number + 0.0).to_bits();
    // A positive number gets its sign bit set, a negative one all bits flipped.
    let negative = (bits >> 63).wrapping_neg();
    bits ^ (negative | 1 << 63)
}

/// Sorts keys from low to high; long lists by one counting pass for each byte in which they differ.
pub(crate) fn sort_keys(keys: &mut Vec<u64>) {
    if keys.len() < SMALL {
        keys.sort_unstable();
        return;
    }
    let mut counts = [[0_usize; 256]; 8];
    for &key in keys.iter() {
        for (byte, counts) in key.to_le_bytes().into_iter().zip(&mut counts) {
            counts[usize::from(byte)] += 1;
        }
    }
    let mut sorted = vec![0; keys.len()];
    for (byte, counts) in counts.iter().enumerate() {
        if counts.contains(&keys.len()) {
            continue;
        }
        let mut places = [0; 256];
        let mut before = 0;
        for (place, count) in places.iter_mut().zip(counts) {
            *place = before;
            before += count;
        }
        for &key in keys.iter() {
            let place = &mut places[usize::from(key.to_le_bytes()[byte])];
            sorted[*place] = key;
            *place += 1;
        }
        std::mem::swap(keys, &mut sorted);
    }
}

/// Row numbers from the lowest value to the highest; rows of equal value in their order.
pub(crate) fn order(values: &[f64]) -> Vec<u32> {
    let mut keyed: Vec<(u64, u32)> = values.iter().map(|&value| key(value)).zip(0..).collect();
    assert_eq!(
        keyed.len(),
        values.len(),
        "a submission has fewer than 2³² rows"
    );
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_order_as_numbers() {
        let numbers = [-f64::MAX, -1.5, -1e-300, -0.0, 5e-324, 1.0, 2.0, f64::MAX];
        assert!(numbers.map(key).is_sorted());
        assert_eq!(key(-0.0), key(0.0));
    }

    proptest! {
        #[test]
        fn long_lists_are_sorted_as_short_ones(seed in any::<u64>(), bits in 1..64_u32) {
            let mut state = seed;
            let mut keys: Vec<u64> = (0..SMALL + 100)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    state >> (64 - bits)
                })
                .collect();
            let mut expected = keys.clone();
            expected.sort_unstable();
            sort_keys(&mut keys);
            prop_assert_eq!(keys, expected);
        }
    }
}
