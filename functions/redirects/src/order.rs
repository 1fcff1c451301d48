//! Sorting of very many strings that begin alike.

/// The places of the strings in their order.
///
/// Eight bytes at a time lie beside each place, so that most comparisons touch no string: those are scattered over more
/// memory than a cache holds, and their first bytes say little.
pub fn ordered(strings: &[&[u8]]) -> Vec<u32> {
    let mut entries: Vec<(u64, u32)> = (0..strings.len() as u32).map(|place| (0, place)).collect();
    sort(&mut entries, strings, 0);
    entries.into_iter().map(|(_, place)| place).collect()
}

/// Below this a plain sort is as fast.
const FEW: usize = 12;

fn sort(entries: &mut [(u64, u32)], strings: &[&[u8]], depth: usize) {
    if entries.len() < FEW {
        entries.sort_unstable_by_key(|&(_, place)| strings[place as usize]);
        return;
    }
    for (window, place) in entries.iter_mut() {
        *window = window_at(strings[*place as usize], depth);
    }
    entries.sort_unstable_by_key(|&(window, _)| window);
    let mut rest = entries;
    while !rest.is_empty() {
        let window = rest[0].0;
        let same = rest.iter().take_while(|entry| entry.0 == window).count();
        let (run, others) = rest.split_at_mut(same);
        // A string that has ended in this window is equal to all that have the same.
        if run.len() > 1 && window & 0xff != 0 {
            sort(run, strings, depth + 8);
        }
        rest = others;
    }
}

/// The eight bytes from there on, as a number; 0 behind the end, which no string holds.
fn window_at(string: &[u8], depth: usize) -> u64 {
    let rest = string.get(depth..).unwrap_or_default();
    match rest.first_chunk::<8>() {
        Some(window) => u64::from_be_bytes(*window),
        None => rest.iter().enumerate().fold(0, |sum, (i, &byte)| sum | u64::from(byte) << (56 - 8 * i)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_as_a_plain_sort_does() {
        let words: Vec<String> =
            (0..5000u64).map(|i| format!("/begins/alike/{}", "ab".repeat((i * i % 23) as usize))).collect();
        let numbers: Vec<String> = (0..5000u64).map(|i| format!("/begins/alike/{}", i * 7919 % 5003)).collect();
        let strings: Vec<&[u8]> = words.iter().chain(&numbers).map(|word| word.as_bytes()).collect();
        let mut expected = strings.clone();
        expected.sort_unstable();
        assert_eq!(ordered(&strings).iter().map(|&place| strings[place as usize]).collect::<Vec<_>>(), expected);
        assert_eq!(ordered(&[]), []);
    }
}
