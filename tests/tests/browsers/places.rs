use crate::client::Client;

/// The ports of pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PagePorts {
    pub(crate) page: u16,
    pub(crate) other: u16,
}

/// Where pages and the service are. Data has names for it, because ports differ in each run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places<'a> {
    pub(crate) pages: PagePorts,
    pub(crate) service_port: u16,
    /// The path of the application.
    pub(crate) prefix: &'a str,
}

impl Places<'_> {
    /// Puts places where their names stand.
    pub(crate) fn fill(&self, text: &str) -> String {
        let origin = |client: Client| client.origin(self);
        text.replace("{page}", &origin(Client::Page))
            .replace("{PAGE}", &origin(Client::Page).to_ascii_uppercase())
            .replace("{other_port}", &origin(Client::OtherPort))
            .replace("{address}", &origin(Client::Address))
            .replace("{subdomain}", &origin(Client::Subdomain))
            .replace("{digit_first}", &origin(Client::DigitFirst))
            .replace("{container_id}", &origin(Client::ContainerId))
            .replace("{trailing_dot}", &origin(Client::TrailingDot))
            .replace("{other_character}", &origin(Client::OtherCharacter))
            .replace("{broken_punycode}", &origin(Client::BrokenPunycode))
            .replace("{client_page}", &format!("<script>{}</script>", include_str!("client.js")))
            .replace("{page_port}", &self.pages.page.to_string())
            .replace("{service_port}", &self.service_port.to_string())
            .replace("{prefix}", self.prefix)
            .replace("{service}", &self.service(false))
            .replace("{service_address}", &self.service(true))
    }

    /// Where the application is.
    pub(crate) fn service(&self, is_address: bool) -> String {
        let host = if is_address { "127.0.0.1" } else { "localhost" };
        format!("http://{host}:{}{}", self.service_port, self.prefix)
    }
}
