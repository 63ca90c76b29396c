//! Workflow commands of GitHub Actions: `::error file=a.js,line=1::message`.

use super::Untrusted;

/// The message of a command. A line break of our own may be put between two of them as `%0A`.
pub(in crate::report) fn data(text: &str) -> String {
    Untrusted(text).to_string().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which ends at a comma, and all of them at a colon.
pub(in crate::report) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_property_ends_early() {
        assert_eq!(data("50 %: a, b\n::error::x"), "50 %25: a, b␊::error::x");
        assert_eq!(property("a,line=9,title=X::%0A"), "a%2Cline=9%2Ctitle=X%3A%3A%250A");
    }
}
