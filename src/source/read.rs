//! Bytes of one file to text.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

use super::content::judge;
use super::{Candidate, SkipReason, Snapshot, SourceFile};

/// Reads a file of at most `cap` bytes. Offsets everywhere refer to the text returned here: without
/// its byte order mark, UTF-16 decoded, and a lone carriage return made a line feed, because the
/// JavaScript grammar does not end a statement at one.
///
/// A source file that was not asked for by name is also judged by its content, see
/// [`SkipReason::Generated`] and [`SkipReason::Minified`].
pub fn read(candidate: &Candidate, cap: u64) -> Result<String, SkipReason> {
    let bytes = match &candidate.content {
        Some(content) => content.to_vec(),
        None => read_bytes(candidate, cap)?,
    };
    if bytes.len() as u64 > cap {
        return Err(SkipReason::TooLarge);
    }
    let text = decode(bytes)?;
    match candidate.language {
        Some(language) if !candidate.explicit => judge(language, &text).map(|()| text),
        _ => Ok(text),
    }
}

/// The text of a regular file of at most `cap` bytes whose bytes are that text: offsets into it are offsets into the
/// file, which may be edited by them.
pub fn read_plain(path: &Path, cap: u64) -> Option<String> {
    let bytes = read_start(path, cap.saturating_add(1)).ok().filter(|bytes| bytes.len() as u64 <= cap)?;
    let text = decode(bytes.clone()).ok()?;
    (text.as_bytes() == bytes).then_some(text)
}

/// Reads a file as it was read for its facts; `None` when it has changed since.
pub fn read_again(root: &Path, snapshot: Option<&Snapshot>, source: &SourceFile) -> Option<String> {
    let candidate = Candidate {
        path: source.path.clone(),
        absolute: root.join(&source.path),
        language: None,
        size: u64::from(source.size),
        explicit: true,
        content: snapshot.and_then(|snapshot| snapshot.content(&source.path)).cloned(),
    };
    // A text in UTF-16 is larger on disk than decoded, at most by a factor of two and its mark.
    let text = read(&candidate, 2 * u64::from(source.size) + 4).ok()?;
    (text.len() == source.size as usize).then_some(text)
}

fn read_bytes(candidate: &Candidate, cap: u64) -> Result<Vec<u8>, SkipReason> {
    /// Memory to reserve at most: the size is a hint only, since files grow and sparse ones lie.
    const RESERVED: u64 = 16 << 20;
    let mut bytes = Vec::with_capacity(candidate.size.min(cap).min(RESERVED) as usize + 1);
    let file = open_regular(&candidate.absolute)?;
    file.take(cap.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| SkipReason::Unreadable(error.kind()))?;
    Ok(bytes)
}

/// Reads at most `count` bytes from the start of a regular file.
pub(super) fn read_start(path: &Path, count: u64) -> Result<Vec<u8>, SkipReason> {
    let mut bytes = Vec::new();
    let file = open_regular(path)?;
    file.take(count).read_to_end(&mut bytes).map_err(|error| SkipReason::Unreadable(error.kind()))?;
    Ok(bytes)
}

/// Opens a regular file, never through a link. Asking first keeps pipes and devices closed; asking
/// again afterwards makes sure that the same file was opened.
fn open_regular(path: &Path) -> Result<File, SkipReason> {
    let before = path.symlink_metadata().map_err(|error| SkipReason::Unreadable(error.kind()))?;
    if !before.is_file() {
        return Err(SkipReason::NotRegular);
    }
    let file = File::open(path).map_err(|error| SkipReason::Unreadable(error.kind()))?;
    let after = file.metadata().map_err(|error| SkipReason::Unreadable(error.kind()))?;
    if after.is_file() && is_same_file(&before, &after) { Ok(file) } else { Err(SkipReason::NotRegular) }
}

#[cfg(unix)]
fn is_same_file(left: &Metadata, right: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (left.dev(), left.ino()) == (right.dev(), right.ino())
}

#[cfg(not(unix))]
fn is_same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// The text of a file.
pub fn decode(bytes: Vec<u8>) -> Result<String, SkipReason> {
    let mut bytes = match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes)?,
        _ => bytes,
    };
    if bytes.contains(&0) {
        return Err(SkipReason::Binary);
    }
    end_lines_with_line_feeds(&mut bytes);
    String::from_utf8(bytes).map_err(|_| SkipReason::NotUtf8)
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Vec<u8>, SkipReason> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(SkipReason::NotUtf8);
    }
    let units = pairs.iter().map(|&pair| unit(pair));
    char::decode_utf16(units).collect::<Result<String, _>>().map(String::into_bytes).map_err(|_| SkipReason::NotUtf8)
}

/// Makes a `\r` without `\n` a `\n`: no offset moves.
fn end_lines_with_line_feeds(bytes: &mut [u8]) {
    if !bytes.contains(&b'\r') {
        return;
    }
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == b'\r')) {
        at += next + 1;
        if bytes.get(at) != Some(&b'\n') {
            bytes[at - 1] = b'\n';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(decode(b"\xef\xbb\xbfx\r\ny".to_vec()).as_deref(), Ok("x\r\ny"));
        assert_eq!(decode(b"\xff\xfea\0\xe9\0".to_vec()).as_deref(), Ok("aé"));
        assert_eq!(decode(b"\xfe\xff\0a".to_vec()).as_deref(), Ok("a"));
        assert_eq!(decode(b"\xff\xfea".to_vec()), Err(SkipReason::NotUtf8));
        assert_eq!(decode(b"caf\xe9".to_vec()), Err(SkipReason::NotUtf8));
        assert_eq!(decode(b"a\0b".to_vec()), Err(SkipReason::Binary));
        assert_eq!(decode(Vec::new()).as_deref(), Ok(""));
    }

    #[test]
    fn lone_carriage_returns_end_lines() {
        assert_eq!(decode(b"a\rb\r\nc\r\rd\r".to_vec()).as_deref(), Ok("a\nb\r\nc\n\nd\n"));
    }
}
