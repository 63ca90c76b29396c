//! The hash by which GitHub's code scanning knows a line again when lines around it have moved: of its first
//! hundred characters, and those of the lines below it, blanks left out. Part of its upload action, documented
//! there, and computed here so that uploads by other ways are followed just as well.

/// Characters that a hash covers.
const COVERED: usize = 100;
const BASE: u64 = 37;
/// Stands for the end of the file.
const END: u16 = u16::MAX;

const TAB: u16 = 0x09;
const LINE_FEED: u16 = 0x0a;
const CARRIAGE_RETURN: u16 = 0x0d;
const SPACE: u16 = 0x20;

/// The hashes of all lines, each with its count among equal ones.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let (units, starts) = without_blanks(text);
    let at = |index: usize| units.get(index).map_or(0, |unit| u64::from(*unit));
    let leaves = (1..COVERED).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut hash = (0..COVERED).fold(0_u64, |hash, index| hash.wrapping_mul(BASE).wrapping_add(at(index)));
    let mut seen = rustc_hash::FxHashMap::<u64, u32>::default();
    let mut position = 0;
    let mut hashes = Vec::with_capacity(starts.len());
    for start in starts {
        while position < start {
            let rest = hash.wrapping_sub(at(position).wrapping_mul(leaves));
            hash = rest.wrapping_mul(BASE).wrapping_add(at(position + COVERED));
            position += 1;
        }
        let count = seen.entry(hash).or_default();
        *count += 1;
        hashes.push(format!("{hash:x}:{count}"));
    }
    hashes
}

/// The text in UTF-16 without blanks, every end of a line as one line feed, and where its lines start.
fn without_blanks(text: &str) -> (Vec<u16>, Vec<usize>) {
    let (mut units, mut starts) = (Vec::with_capacity(text.len()), vec![0]);
    let mut before = 0;
    for unit in text.encode_utf16() {
        match unit {
            TAB | SPACE => {}
            LINE_FEED if before == CARRIAGE_RETURN => {}
            LINE_FEED | CARRIAGE_RETURN => {
                units.push(LINE_FEED);
                starts.push(units.len());
            }
            _ => units.push(unit),
        }
        before = unit;
    }
    units.push(END);
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the tests of github/codeql-action, `src/fingerprints.test.ts`.
    #[test]
    fn published_examples_hold() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let greetings = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(line_hashes(text), greetings, "{text:?}");
        }
        assert_eq!(
            line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10)),
            [
                "a7f2ff13bc495cf2:1",
                "a7f2ff13bc495cf2:2",
                "a7f2ff13bc495cf2:3",
                "a7f2ff13bc495cf2:4",
                "a7f2ff13bc495cf2:5",
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1"
            ]
        );
    }
}
