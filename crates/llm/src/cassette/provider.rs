//! Who gave a recorded reply, as far as must be known to tell two servers apart that call different models the same.

/// A provider, as digests of its address: cassettes are shared, and where somebody's server stands is not.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    host: String,
    address: String,
}

impl Provider {
    /// The one at a URL.
    pub(crate) fn of(url: &str) -> Self {
        let url = reqwest::Url::parse(url).ok();
        let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or("");
        let port = url.as_ref().and_then(|url| url.port_or_known_default());
        let digest = |text: &str| digest::sha256_bytes(text).to_string();
        Self {
            host: digest(host),
            address: digest(&format!("{host}:{}", port.unwrap_or_default())),
        }
    }

    /// What a recording says that is kept for other runs of the same user.
    pub(super) fn exactly(&self) -> &str {
        &self.address
    }

    /// What a recording says that is made to be replayed. Servers for tests have another port each time, and recordings
    /// should not differ by that.
    pub(super) fn roughly(&self) -> &str {
        &self.host
    }

    /// Whether a recording can be this one's; those that do not say can.
    pub(super) fn may_have(&self, recorded: Option<&str>) -> bool {
        recorded.is_none_or(|recorded| recorded == self.address || recorded == self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_told_apart() {
        let one = Provider::of("http://127.0.0.1:1/v1");
        let two = Provider::of("http://127.0.0.1:2/v1");
        assert!(one.may_have(None) && one.may_have(Some(one.exactly())));
        assert!(!two.may_have(Some(one.exactly())) && two.may_have(Some(one.roughly())));
        assert!(!Provider::of("https://a/v1").may_have(Some(one.roughly())));
        assert!(
            Provider::of("https://a/v1").may_have(Some(Provider::of("https://a:443").exactly()))
        );
        assert!(!one.exactly().contains("127"));
    }
}
