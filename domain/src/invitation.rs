//! What the code on an 账号条 opens: the sign-in with number and one-time password filled in. Both stand
//! behind `#`, which no server gets to see and no log to keep; what they open is the choice of a password
//! of one's own, once, before its day.

/// Where it leads to.
pub const PATH: &str = "/sign-in";

/// A number to sign in with and the one-time password to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The number, as `phone::parse` gives it.
    pub phone: String,
    /// 一次性密码
    pub password: String,
}

impl Invitation {
    /// The address to print; `site` is what a browser opens the app at.
    pub fn address(&self, site: &str) -> String {
        format!("{}{PATH}#{}.{}", site.trim_end_matches('/'), self.phone, self.password)
    }

    /// Of what stands behind an address, with or without its `#`.
    pub fn read(behind: &str) -> Option<Self> {
        let (phone, password) = behind.strip_prefix('#').unwrap_or(behind).split_once('.')?;
        let phone = crate::phone::parse(phone).ok()?;
        let is_one =
            (8..=64).contains(&password.len()) && password.bytes().all(|b| b.is_ascii_alphanumeric());
        is_one.then(|| Self { phone, password: password.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn comes_back_as_it_was_printed() {
        let printed = Invitation { phone: "14400000213".into(), password: "7k4m2p9q".into() };
        let address = printed.address("https://example.edu.cn/");
        assert_eq!(address, "https://example.edu.cn/sign-in#14400000213.7k4m2p9q");
        let (_, behind) = address.split_once('#').unwrap_or_default();
        assert_eq!(Invitation::read(behind), Some(printed.clone()));
        assert_eq!(Invitation::read(&format!("#{behind}")), Some(printed));
    }

    #[rstest]
    #[case("")]
    #[case("#main")]
    #[case("#14400000213")]
    #[case("#14400000213.")]
    #[case("#1440000.7k4m2p9q")]
    #[case("#14400000213.7k4m%202p9q")]
    fn what_is_none_is_not_read(#[case] behind: &str) {
        assert_eq!(Invitation::read(behind), None);
    }
}
