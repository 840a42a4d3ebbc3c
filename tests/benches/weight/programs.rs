//! The programs that are weighed: a framework alone, and under the same policy by each middleware.

/// A framework, and the programs on it.
pub(crate) struct Framework {
    pub(crate) name: &'static str,
    /// The lines that its programs have below `[dependencies]`.
    pub(crate) dependencies: &'static str,
    /// The source of the program without a middleware.
    pub(crate) alone: &'static str,
    pub(crate) programs: &'static [Program],
}

/// A program with a middleware.
pub(crate) struct Program {
    /// The package that has the middleware.
    pub(crate) package: &'static str,
    /// `None` if the package is of this workspace.
    pub(crate) version: Option<&'static str>,
    /// The settings of the dependency besides these, in TOML.
    pub(crate) settings: &'static str,
    /// What the table says besides the name of the package.
    pub(crate) remark: &'static str,
    pub(crate) source: &'static str,
}

pub(crate) const FRAMEWORKS: [Framework; 2] = [AXUM, ACTIX];

const AXUM: Framework = Framework {
    name: "axum",
    dependencies: r#"
axum = "0.8"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
"#,
    alone: include_str!("programs/axum_alone.rs"),
    programs: &[
        Program {
            package: "tower-http",
            version: Some("0.7"),
            settings: r#"default-features = false, features = ["cors"]"#,
            remark: "",
            source: include_str!("programs/tower_http.rs"),
        },
        Program {
            package: "cors-axum",
            version: None,
            settings: "",
            remark: "",
            source: include_str!("programs/cors_axum.rs"),
        },
        Program {
            package: "cors-axum",
            version: None,
            settings: "default-features = false",
            remark: "without default features",
            source: include_str!("programs/cors_axum.rs"),
        },
        Program {
            package: "cors-axum",
            version: None,
            settings: "default-features = false",
            remark: "without default features, with `Policy::permissive()`",
            source: include_str!("programs/cors_axum_permissive.rs"),
        },
        Program {
            package: "cors-axum",
            version: None,
            settings: r#"features = ["toml"]"#,
            remark: "with `toml`, reading a file",
            source: include_str!("programs/cors_axum_file.rs"),
        },
        Program {
            package: "cors-axum",
            version: None,
            settings: r#"features = ["json", "toml", "yaml"]"#,
            remark: "with `toml`, `json` and `yaml`, reading a file",
            source: include_str!("programs/cors_axum_file.rs"),
        },
    ],
};

const ACTIX: Framework = Framework {
    name: "actix-web",
    dependencies: r#"
actix-web = "4"
"#,
    alone: include_str!("programs/actix_alone.rs"),
    programs: &[
        Program {
            package: "actix-cors",
            version: Some("0.7"),
            settings: "",
            remark: "",
            source: include_str!("programs/actix_cors.rs"),
        },
        Program {
            package: "cors-actix",
            version: None,
            settings: "",
            remark: "",
            source: include_str!("programs/cors_actix.rs"),
        },
    ],
};
