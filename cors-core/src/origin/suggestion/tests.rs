use super::{of_origin, origins, token, tokens};

fn origin(text: &str) -> Option<String> {
    of_origin(text).value().map(Into::into)
}

#[test]
fn an_origin_is_told_from_what_stands_near_it() {
    for (text, suggestion) in [
        ("https://example.com/", "https://example.com"),
        ("https://user:word@example.com/a?b#c", "https://example.com"),
        ("HTTPS://Example.COM", "https://example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:080", "http://example.com"),
        ("https://example.com:", "https://example.com"),
        ("https://example.com./", "https://example.com."),
        ("https://127.0.0.1./", "https://127.0.0.1"),
        ("App://Main/", "app://Main"),
        ("app://./index.html", "app://."),
        ("app://1.2.3./", "app://1.2.3."),
        (" 'https://example.com', ", "https://example.com"),
        ("example.com", "https://example.com"),
        ("//example.com", "https://example.com"),
        ("https:example.com", "https://example.com"),
        ("http:/example.com", "http://example.com"),
        ("https//example.com", "https://example.com"),
        ("http://https://example.com", "https://example.com"),
        ("http:://example.com", "http://example.com"),
        ("0.0.0.0:3000", "http://localhost:3000"),
        ("http://[::]/", "http://localhost"),
        ("*.example.com", "https://*.example.com"),
        ("localhost://3000", "http://localhost:3000"),
        ("localhost://3000/", "http://localhost:3000"),
        ("https;//example.com", "https://example.com"),
        ("“https://example.com”", "https://example.com"),
        ("<https://example.com/>", "https://example.com"),
        ("{https://example.com}", "https://example.com"),
        ("blob:https://example.com/1", "https://example.com"),
        ("view-source:https://example.com", "https://example.com"),
        ("filesystem:https://example.com/t", "https://example.com"),
        (r"^https://.*\.example\.com$", "https://*.example.com"),
        ("localhost:3000", "http://localhost:3000"),
        ("127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("192.168.1.7", "http://192.168.1.7"),
        ("[::1]:3000", "http://[::1]:3000"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
        ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
        ("backend:8080", "https://backend:8080"),
        ("https://café.example", "https://xn--caf-dma.example"),
        ("https://CAFÉ.example", "https://xn--caf-dma.example"),
        ("https://*.bücher.example:*", "https://*.xn--bcher-kva.example:*"),
        ("https://日本語.example", "https://xn--wgv71a119e.example"),
        // A sigma in upper case is no final one, wherever it stands.
        ("https://ΟΔΟΣ-1.gr", "https://xn---1-k9b7bby.gr"),
        ("https://ΟΔΟΣ.gr:8443", "https://xn--pxavbq.gr:8443"),
        ("https://ΟΔΟΣ:8443", "https://xn--pxavbq:8443"),
        ("https://οδος.gr", "https://xn--pxavbm.gr"),
    ] {
        assert_eq!(origin(text).as_deref(), Some(suggestion), "{text}");
    }
}

#[test]
fn no_origin_is_invented() {
    for text in [
        "",
        "*",
        "any",
        "null",
        "https://",
        "https://*",
        "*,https://a.example",
        "http://localhost.*",
        "localhost://a",
        "https://*example.com",
        "https://*example.com:8443/",
        "javascript:",
        "about:",
        "chrome-extension:",
        "mailto:a@b.example",
        "https://*.",
        "https://a.*.example.com",
        "https://*.127.0.0.1",
        "app://café",
        "https://example.com:0",
        "https://example.com:65536",
        "https://example.com:80*",
        "http://127.1",
        "https://a.example, https://b.example",
        // Not in the composed form that DNS has.
        "https://cafe\u{301}.example",
        "https://STRAẞE.example",
        // Ligatures, which are mapped to two letters.
        "https://\u{FB01}sh.example",
        "https://ĳssel.example",
    ] {
        assert_eq!(origin(text), None, "{text}");
    }
    assert_eq!(origin(&format!("https://{}.example", "日本".repeat(20_000))), None);
}

#[test]
fn several_origins_are_told_apart() {
    for text in [
        "https://a.example,https://b.example",
        "https://a.example/ https://b.example/",
        r#"["https://a.example", "https://b.example"]"#,
    ] {
        assert_eq!(origins(text).unwrap(), ["https://a.example", "https://b.example"]);
    }
    assert_eq!(origins(r"https://a.example\nhttps://b.example").unwrap().len(), 2);
    for text in ["*://a.example", "http*://a.example/"] {
        assert_eq!(of_origin(text).values(), ["https://a.example", "http://a.example"], "{text}");
    }
    let several = |count| origins(&vec!["https://a.example"; count].join(","));
    assert_eq!(several(8).map(|origins| origins.len()), Some(8));
    assert_eq!(several(9), None);
    assert_eq!(origins("https://a.example, ?"), None);
    assert_eq!(origins("https://a.example"), None);
}

#[test]
fn tokens_are_told_from_what_stands_around_them() {
    for (text, suggestion) in
        [(" put ", "put"), ("X-Id:", "X-Id"), ("X-Id: 7", "X-Id"), ("'x-id'", "x-id")]
    {
        assert_eq!(token(text).as_deref(), Some(suggestion), "{text}");
    }
    assert_eq!(token("naïve"), None);
    assert_eq!(tokens("PUT, DELETE").unwrap(), ["PUT", "DELETE"]);
}
