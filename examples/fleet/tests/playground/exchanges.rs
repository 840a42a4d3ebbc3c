//! What passed over the sockets.

use std::error::Error;

use serde_json::{Value, json};

use crate::running::{Running, send};

#[test]
fn exchanges_are_recorded_as_they_passed_and_only_so_many() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let origin = "Origin: http://localhost:8080";
    for server in running.fleet.servers() {
        let address = server.address();
        let put = ["aCCess-control-request-method: PUT", origin];
        send(address, "OPTIONS /items/1?exchange=first", &put)?;
        send(address, "PUT /items/1?x=1&exchange=first", &[origin, "content-length: 0"])?;
        send(address, "GET /items?exchange=second", &[])?;
        send(address, "GET /items", &[])?;
    }
    let found = running.get("/exchanges/first")?;
    let found = found.as_array().ok_or("no array")?;
    let servers: Vec<_> = found.iter().map(|exchange| exchange["server"].as_str()).collect();
    let names = ["actix-web", "axum", "poem", "salvo"];
    assert_eq!(servers, names.map(|name| [Some(name); 2]).concat());
    for exchange in found.chunks(2) {
        let text = |exchange: &Value, part: &str| exchange[part].as_str().unwrap_or("").to_owned();
        let [preflight, actual] = exchange else { return Err("no pair".into()) };
        let request = text(preflight, "request");
        assert!(request.starts_with("OPTIONS /items/1?exchange=first HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("\r\naCCess-control-request-method: PUT\r\n"), "{request}");
        let response = text(preflight, "response");
        assert!(response.starts_with("HTTP/1.1 204 No Content\r\n"), "{response}");
        assert!(
            response.to_lowercase().contains("access-control-allow-methods: put,delete"),
            "{response}"
        );
        assert!(
            text(actual, "request").starts_with("PUT /items/1?x=1&exchange=first HTTP/1.1\r\n")
        );
        assert!(text(actual, "response").starts_with("HTTP/1.1 200 OK\r\n"));
    }
    assert_eq!(running.get("/exchanges/second")?.as_array().map(Vec::len), Some(4));
    assert_eq!(running.get("/exchanges/third")?, json!([]));

    let address = running.fleet.servers()[1].address();
    for _ in 0..260 {
        send(address, "GET /items?exchange=many", &[])?;
    }
    assert_eq!(running.get("/exchanges/many")?.as_array().map(Vec::len), Some(256));
    assert_eq!(running.get("/exchanges/first")?, json!([]));
    Ok(())
}
