use cors_poem::testing::Browser;

const PAGE: &str = "http://localhost:8080";

#[tokio::test]
async fn the_page_may_change_items() {
    let browser = Browser::new(super::app().unwrap());
    let page = browser.page(PAGE);
    let remove = || page.fetch("DELETE", "/items/1").header("authorization", "Bearer x");
    let verdict = remove().await;
    assert!(verdict.is_allowed(), "{verdict}");
    assert!(verdict.preflight().is_some());
    // For ten minutes, the browser asks no more.
    assert!(remove().await.preflight().is_none());

    let verdict = browser.page("https://evil.example").fetch("DELETE", "/items/1").await;
    assert!(!verdict.is_allowed(), "{verdict}");
}

#[tokio::test]
async fn every_response_can_be_read() {
    let browser = Browser::new(super::app().unwrap());
    let page = browser.page(PAGE);
    for (method, path, status) in [
        ("GET", "/items", 200),
        ("DELETE", "/items/1", 204),
        ("GET", "/me", 401),
        ("GET", "/nothing", 404),
        ("DELETE", "/items", 405),
        ("GET", "/error", 500),
    ] {
        let verdict = page.fetch(method, path).await;
        assert!(verdict.is_allowed(), "{verdict}");
        assert_eq!(verdict.status(), Some(status), "{verdict}");
    }
}
