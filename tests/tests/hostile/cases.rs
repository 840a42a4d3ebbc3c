//! What an attacker sends.

/// The middle of a request: its method, and the header lines that matter.
#[derive(Clone, Debug)]
pub(crate) struct Hostile {
    pub(crate) name: String,
    pub(crate) method: &'static str,
    pub(crate) lines: Vec<(&'static str, Vec<u8>)>,
}

/// Cases that are alike.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) cases: Vec<Hostile>,
}

const ALLOWED: &str = "https://app.example";
const ORIGIN: &str = "Origin";
const METHOD: &str = "Access-Control-Request-Method";
const HEADERS: &str = "Access-Control-Request-Headers";

pub(crate) fn groups() -> Vec<Group> {
    let group = |name, cases| Group { name, cases };
    vec![
        group(
            "bytes_at_the_end_of_an_origin",
            bytes(|byte| [ALLOWED.as_bytes(), byte, b"x"].concat()),
        ),
        group(
            "bytes_in_a_subdomain",
            bytes(|byte| [b"https://a", byte, b"b.example.com"].concat()),
        ),
        group("bytes_in_a_port", bytes(|byte| [b"http://localhost:8", byte].concat())),
        group("origins", ORIGINS.iter().map(|origin| from(origin.as_bytes().into())).collect()),
        group("long_origins", long_origins()),
        group("several_origins", several_origins()),
        group("methods", methods()),
        group("header_names", names()),
        group("long_lists", long_lists()),
        group("many_lines", many_lines()),
    ]
}

/// Near misses, other forms of what is allowed, and what is no origin at all.
const ORIGINS: &[&str] = &[
    "",
    "null",
    "NULL",
    "null,null",
    "*",
    "https://",
    "https:",
    "://app.example",
    "app.example",
    "//app.example",
    "https:app.example",
    "https:/app.example",
    "https:///app.example",
    "https:\\\\app.example",
    "file://",
    "file:///etc/passwd",
    "data:text/html,x",
    "javascript:alert(1)",
    "about:blank",
    "blob:https://app.example/1",
    "HTTPS://app.example",
    "https://APP.example",
    "https://App.Example",
    "https://app.example/",
    "https://app.example/path",
    "https://app.example?",
    "https://app.example#",
    "https://app.example@evil.example",
    "https://evil.example@app.example",
    "https://app.example:@evil.example",
    "https://app.example\\@evil.example",
    "https://evil.example#app.example",
    "https://evil.example/app.example",
    "https://evil.example?app.example",
    "https://evil.example/.example.com",
    "https://evil.example#.example.com",
    "https://evil.example\\.example.com",
    "https://evil.example%2f.example.com",
    "https://evil.example%00.example.com",
    "https://evil.example,https://app.example",
    "https://app.example,https://evil.example",
    "https://app.example, https://app.example",
    "https://app.example https://evil.example",
    "https://app.example\thttps://evil.example",
    "https://app.example;https://evil.example",
    "https://app.example|https://evil.example",
    "https://evil.example, https://a.example.com",
    "https://app.example.evil.example",
    "https://app.example.com.evil.example",
    "https://app.examplecom",
    "https://appxexample",
    "https://evilapp.example",
    "https://evil-app.example",
    "https://sub.app.example",
    "https://example.com",
    "https://example.com.",
    "https://a.example.com.",
    "https://a.example.com..",
    "https://.example.com",
    "https://..example.com",
    "https://a..example.com",
    "https://evilexample.com",
    "https://a.evilexample.com",
    "https://a.example.com.evil.example",
    "https://a.example.co",
    "https://a.example.comm",
    "https://a.b.c.d.e.example.com",
    "https://*.example.com",
    "https://xn--caf-dma.example.com",
    "https://caf\u{e9}.example.com",
    "https://_.example.com",
    "https://-.example.com",
    "https://a_b.example.com",
    "https://a.example.com:8443",
    "http://a.example.com",
    "https://app.example:",
    "https://app.example:0",
    "https://app.example:443",
    "https://app.example:0443",
    "https://app.example:80",
    "https://app.example:8443",
    "https://app.example:65535",
    "https://app.example:65536",
    "https://app.example:99999999999999999999",
    "https://app.example:-1",
    "https://app.example:+443",
    "https://app.example:4 3",
    "https://app.example:443:443",
    "http://localhost",
    "http://localhost:0",
    "http://localhost:1",
    "http://localhost:80",
    "http://localhost:080",
    "http://localhost:65535",
    "http://localhost:65536",
    "http://localhost:4294967297",
    "http://localhost:*",
    "http://localhost:",
    "http://localhost:1@evil.example",
    "http://localhost:1.evil.example",
    "http://localhost.:1",
    "http://127.0.0.1:1",
    "http://127.1:1",
    "http://2130706433",
    "http://0x7f000001",
    "http://[::1]:3000",
    "http://[::1]",
    "http://[::1]:3001",
    "http://::1:3000",
    "http://[::1",
    "http://::1]:3000",
    "http://[::1]3000",
    "http://[::1].example.com:3000",
    "http://[::1%25lo]:3000",
    "http://[::1%lo]:3000",
    "http://[0:0:0:0:0:0:0:1]:3000",
    "http://[0000::0001]:3000",
    "http://[::ffff:127.0.0.1]:3000",
    "http://[::ffff:7f00:1]:3000",
    "http://[]:3000",
    "http://[:]:3000",
    "http://[::1]:3000]:3000",
    "https://[a.example.com]",
    "https://[app.example]",
];

fn from(origin: Vec<u8>) -> Hostile {
    Hostile {
        name: origin.escape_ascii().to_string(),
        method: "GET",
        lines: vec![(ORIGIN, origin)],
    }
}

fn bytes(origin: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Hostile> {
    (0..=u8::MAX).map(|byte| from(origin(&[byte]))).collect()
}

fn long_origins() -> Vec<Hostile> {
    let origin = |name: &str, origin: String| Hostile { name: name.into(), ..from(origin.into()) };
    let labels = |count: usize| format!("https://{}example.com", "a.".repeat(count));
    vec![
        origin("label_of_63", format!("https://{}.example.com", "a".repeat(63))),
        origin("label_of_64", format!("https://{}.example.com", "a".repeat(64))),
        origin("host_of_253", labels(121)),
        origin("host_of_255", labels(122)),
        origin("dots_8k", format!("https://{}example.com", ".".repeat(8000))),
        origin("labels_8k", labels(4000)),
        origin("labels_60k", labels(30_000)),
        origin("scheme_60k", format!("{}://app.example", "a".repeat(60_000))),
        origin("colons_60k", format!("https://a.example.com{}", ":".repeat(60_000))),
        origin("brackets_60k", format!("https://{}", "[".repeat(60_000))),
        origin("port_60k", format!("http://localhost:{}", "1".repeat(60_000))),
    ]
}

fn several_origins() -> Vec<Hostile> {
    let several = |name: &str, method, origins: &[&str]| {
        let lines = origins.iter().map(|origin| (ORIGIN, origin.as_bytes().into()));
        Hostile { name: name.into(), method, lines: lines.collect() }
    };
    let mut cases = vec![
        several("none", "GET", &[]),
        several("same_twice", "GET", &[ALLOWED, ALLOWED]),
        several("allowed_first", "GET", &[ALLOWED, "https://evil.example"]),
        several("allowed_last", "GET", &["https://evil.example", ALLOWED]),
        several("empty_first", "GET", &["", ALLOWED]),
        several("empty_last", "GET", &[ALLOWED, ""]),
        several("fifty", "GET", &[ALLOWED; 50]),
    ];
    for mut preflight in cases.clone() {
        preflight.name.push_str("_preflight");
        preflight.method = "OPTIONS";
        preflight.lines.push((METHOD, b"PUT".into()));
        cases.push(preflight);
    }
    cases
}

fn preflight(name: impl Into<String>, lines: Vec<(&'static str, Vec<u8>)>) -> Hostile {
    let mut all = vec![(ORIGIN, ALLOWED.into())];
    all.extend(lines);
    Hostile { name: name.into(), method: "OPTIONS", lines: all }
}

fn methods() -> Vec<Hostile> {
    let one = |method: &str| preflight(format!("{method:.30}"), vec![(METHOD, method.into())]);
    let mut cases: Vec<_> = [
        "",
        " ",
        "*",
        "get",
        "put",
        "PUT, DELETE",
        "PUT,PUT",
        "PU T",
        "PUT\tx",
        "PUT;q=1",
        "TRACE",
        "Connect",
        "TRACK",
        "\"PUT\"",
        "PUT/1",
        "\u{e9}",
        "PRI",
        "OPTIONS",
    ]
    .map(one)
    .into();
    cases.push(one(&"A".repeat(64)));
    cases.push(one(&"A".repeat(65)));
    cases.push(one(&"A".repeat(60_000)));
    let several = |name, methods: &[&str]| {
        preflight(name, methods.iter().map(|method| (METHOD, (*method).into())).collect())
    };
    cases.push(several("no_method", &[]));
    cases.push(several("two_methods", &["PUT", "DELETE"]));
    cases.push(several("same_method_twice", &["PUT", "PUT"]));
    cases.push(several("empty_then_method", &["", "PUT"]));
    cases.push(several("fifty_methods", &["PUT"; 50]));
    cases.extend((0..=u8::MAX).map(|byte| {
        let method = [b"PU".as_slice(), &[byte], b"T"].concat();
        preflight(format!("byte_{byte:02x}"), vec![(METHOD, method)])
    }));
    cases
}

fn asks(name: impl Into<String>, lists: impl IntoIterator<Item = Vec<u8>>) -> Hostile {
    let mut lines = vec![(METHOD, b"PUT".into())];
    lines.extend(lists.into_iter().map(|list| (HEADERS, list)));
    preflight(name, lines)
}

fn names() -> Vec<Hostile> {
    let mut cases: Vec<_> = [
        "",
        "*",
        ",",
        ",,,,",
        " ",
        "x-a",
        "X-A",
        "x-b,x-a",
        "x-a,x-a,x-a",
        "x-a,",
        ",x-a",
        "x-a;",
        "x-a:1",
        "\"x-a\"",
        "x a",
        "x-a\tx-b",
        "\tx-a\t,\tx-b\t",
        "cookie",
        "origin",
        "host",
        "authorization",
        "access-control-allow-origin",
        "x-a,*",
        "*,authorization",
        "\u{e9}",
        "x-\u{e9}",
        "(x)",
        "x/a",
    ]
    .map(|list| asks(list.escape_debug().to_string(), [tests::latin1_bytes(list)]))
    .into();
    cases.extend((0..=u8::MAX).map(|byte| {
        let list = [b"x-a,y".as_slice(), &[byte], b"z"].concat();
        asks(format!("byte_{byte:02x}"), [list])
    }));
    cases
}

fn long_lists() -> Vec<Hostile> {
    let mut cases = Vec::new();
    for (size, times) in [("10k", 10_000), ("100k", 100_000), ("400k", 400_000), ("1m", 1_000_000)]
    {
        for (name, unit) in [
            ("commas", ","),
            ("spaces", " "),
            ("tabs", "\t"),
            ("commas_and_spaces", ", "),
            ("letters", "a"),
            ("one_allowed_name", "x-a,"),
            ("one_other_name", "y,"),
            ("bytes_of_no_token", "\u{e9}"),
        ] {
            let list = tests::latin1_bytes(unit).repeat(times / unit.chars().count());
            // Whitespace around it would be no part of the value.
            let list = [b"x-a,".as_slice(), &list, b"x-a"].concat();
            cases.push(asks(format!("{name}_{size}"), [list]));
        }
        let names: Vec<_> = (0..times / 8).map(|at| format!("x-{at:05}")).collect();
        cases.push(asks(format!("distinct_names_{size}"), [names.join(",").into()]));
    }
    for count in [16, 17, 64, 65] {
        let names: Vec<_> = (0..count).map(|at| format!("x-{at}")).collect();
        cases.push(asks(format!("{count}_names"), [names.join(",").into()]));
        cases.push(asks(format!("{count}_empty_elements"), [",".repeat(count).into()]));
    }
    cases
}

fn many_lines() -> Vec<Hostile> {
    let mut cases = Vec::new();
    for count in [2, 50, 93, 94, 97, 98, 200, 2000] {
        let lines = |line: &str| vec![line.into(); count];
        cases.push(asks(format!("{count}_allowed"), lines("x-a")));
        cases.push(asks(format!("{count}_empty"), lines("")));
        cases.push(asks(format!("{count}_commas"), lines(",,,,,,,,")));
        cases.push(asks(format!("{count}_other"), lines("y")));
        let mut last_is_other: Vec<Vec<u8>> = lines("");
        last_is_other.push(b"y".into());
        cases.push(asks(format!("{count}_empty_and_another"), last_is_other));
        let unrelated = vec![("X-Unrelated", b"1".into()); count];
        cases.push(preflight(format!("{count}_unrelated"), unrelated));
    }
    let split = ["x-a", "x-b,", ",content-type"].map(|line| line.into());
    cases.push(asks("split_list", split));
    cases.push(asks("split_list_ends_with_another", ["x-a".into(), "x-b,y".into()]));
    cases.push(preflight("injected_line", vec![(METHOD, b"PUT\r\nX-Injected: 1".into())]));
    cases.push(preflight(
        "injected_origin",
        vec![(METHOD, b"PUT\r\nOrigin: https://evil.example".into())],
    ));
    cases
}
