//! Names that everybody takes for one package, and what is known to stand in for some of them.

use crate::model::Ecosystem;

/// Packages of npm that people ask for by name.
const NPM: &str = "
    acorn ajv angular ansi-styles apollo-client apollo-server archiver async autoprefixer aws-sdk
    axios babel-core babel-eslint babel-loader bcrypt bcryptjs bignumber.js bluebird bn.js
    body-parser bootstrap bower browserify browserslist bull bunyan busboy camelcase chai chalk
    chart.js cheerio chokidar classnames clsx color colors commander compression concurrently
    connect cookie cookie-parser core-js cors cross-env cross-fetch cross-spawn crypto-js
    css-loader cypress d3 date-fns dayjs debug decimal.js deepmerge del discord.js dompurify
    dotenv echarts ejs electron elliptic ember-cli emotion enzyme esbuild esbuild-wasm eslint
    eslint-config-prettier eslint-plugin-import eslint-plugin-react ethers eventemitter3
    eventsource execa express express-session extend faker fastify fast-glob file-loader
    find-up firebase follow-redirects form-data formidable framer-motion fs-extra gatsby glob
    got graphql grunt gulp handlebars hapi helmet hexo highlight.js history hoist-non-react-statics
    html-webpack-plugin http-proxy http-proxy-middleware husky i18next iconv-lite immer immutable
    inherits ini inquirer ioredis isomorphic-fetch jasmine jest jose joi jquery js-cookie js-yaml
    jsdom json5 jsonwebtoken jszip karma keycloak-js kleur knex koa leaflet less lerna lint-staged
    lit lodash lodash-es log4js lru-cache luxon markdown-it marked material-ui memoize-one meow
    micromatch mime minimatch minimist mkdirp mobx mocha moment moment-timezone mongodb mongoose
    morgan ms multer mysql mysql2 nanoid nest next node-fetch node-forge node-gyp node-sass
    nodemailer nodemon nuxt nx octokit openai ora p-limit parcel passport path-to-regexp pg
    picocolors pino playwright pm2 postcss preact prettier prisma prop-types protobufjs pug
    puppeteer puppeteer-core q qs query-string querystring ramda react react-bootstrap react-dom
    react-hook-form react-is react-native react-query react-redux react-router react-router-dom
    react-scripts react-select readable-stream recoil redis redux redux-saga redux-thunk
    reflect-metadata regenerator-runtime request requirejs resolve rimraf rolldown rollup rxjs
    safe-buffer sanitize-html sass sass-embedded sass-loader semver sequelize serialize-javascript
    serve sharp shelljs shortid sinon socket.io socket.io-client solid-js source-map sqlite3
    storybook string-width strip-ansi stripe style-loader styled-components stylelint sugar
    superagent supertest supports-color svelte swiper swr tailwindcss tar terser three tmp
    ts-jest ts-loader ts-node tslib tslint turbo tsx typeorm typescript underscore undici uuid
    validator vite vitest vue vue-router vuetify vuex web3 webpack webpack-cli webpack-dev-server
    whatwg-fetch winston ws xlsx xml2js yaml yargs yarn yup zod zone.js zustand";

/// Crates that people ask for by name.
const CRATES: &str = "
    actix-web ahash aho-corasick anyhow arrayvec async-std async-trait axum backtrace base64 bincode
    bitflags bytes cargo cc cfg-if chrono clap cookie criterion crossbeam crossbeam-channel
    ctor curl dashmap derive_more diesel dirs either env_logger eyre flate2 futures getrandom git2
    h2 half hashbrown heck hex hmac http hyper image indexmap indicatif insta itertools itoa
    jsonwebtoken lazy_static libc libsqlite3-sys log lru memchr memmap2 mime mio native-tls ndarray
    nix nom num-bigint num-traits num_cpus once_cell openssl ordered-float parking_lot pest petgraph
    pin-project postgres proc-macro2 proptest prost pyo3 quick-xml quote rand rand_core rayon redis
    regex reqwest ring rocksdb rocket rusqlite rustc-hash rustix semver serde serde_derive
    serde_json serde_yaml sha1 sha2 similar smallvec socket2 sqlx structopt strum subtle syn sysinfo
    tar tempfile tera thiserror time tokio tokio-util toml toml_edit tonic tower tracing
    tracing-subscriber tungstenite unicode-width url uuid walkdir warp wasm-bindgen winapi windows
    xz2 zip zstd";

/// Drop-in replacements and forks in common use, whose names do not tell.
const REPLACEMENTS: &str = "
    eslint-plugin-i eslint-plugin-import-x isomorphic-dompurify lodash-unified mock-aws-s3
    partysocket react-native-tvos rolldown-vite unfetch
    boring fastrand fehler libsql-ffi rustix-is-terminal";

/// Owners of replacements that many projects take.
const SCOPES: &str = "
    @angular @aws-sdk @babel @cypress @emotion @faker-js @nolyfill @npmcli @nuxt @preact @rollup
    @rspack @socket.io @socketregistry @storybook @swc @types @typescript @vitejs @vue @yarnpkg";

/// What a name may be followed by and still say what it is.
const VARIANTS: &str = "
    alpha beta browser canary cjs compat core dev edge embedded es esm experimental fork insiders js
    latest legacy light lite lts maintained mini native next ng nightly node preview pro react rc
    slim stable ts types wasi wasm web";

/// True for a name that everybody takes for one package.
pub fn is_well_known(ecosystem: Ecosystem, name: &str) -> bool {
    match ecosystem {
        Ecosystem::Npm => has(NPM, name),
        Ecosystem::CratesIo => has(CRATES, name),
        _ => false,
    }
}

/// True where a package that stands in for a well-known one is well known itself, says in its name
/// whose variant it is, or is its owner's copy of it.
pub fn may_stand_in(ecosystem: Ecosystem, name: &str, real: &str) -> bool {
    if let Some((scope, bare)) = real.split_once('/').filter(|_| real.starts_with('@')) {
        return bare == name || scope.contains(name) || has(SCOPES, scope);
    }
    if is_well_known(ecosystem, real) || has(REPLACEMENTS, real) {
        return true;
    }
    let after = real.strip_prefix(name);
    let Some(suffix) = after.and_then(|after| after.strip_prefix(['-', '_', '.'])) else {
        // What simulates time and network for tests.
        return real.strip_prefix("madsim-") == Some(name);
    };
    // Forks of crates are called so.
    let is_number = |word: &str| {
        word.trim_start_matches('v')
            .bytes()
            .all(|b| b.is_ascii_digit())
    };
    ecosystem == Ecosystem::CratesIo
        || suffix
            .split(['-', '_', '.'])
            .all(|word| is_number(word) || has(VARIANTS, word))
}

fn has(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forks_and_variants_stand_in_and_strangers_do_not() {
        for (name, real, expected) in [
            ("lodash", "evil-lodash", false),
            ("lodash", "lodash-utils", false),
            ("lodash", "lodahs", false),
            ("lodash", "lodash-es", true),
            ("lodash", "@acme/lodash", true),
            ("lodash", "@acme/strings", false),
            ("react", "@preact/compat", true),
            ("colors", "@colors/colors", true),
            ("vite", "rolldown-vite", true),
            ("webpack", "webpack-v4", true),
            ("react-native", "react-native-tvos", true),
            ("node-fetch", "node-fetch-native", true),
            ("moment", "dayjs", true),
        ] {
            assert_eq!(may_stand_in(Ecosystem::Npm, name, real), expected, "{real}");
        }
        for (name, real, expected) in [
            ("serde_yaml", "serde_yaml_ng", true),
            ("tokio", "madsim-tokio", true),
            ("tokio", "tokyo", false),
        ] {
            let crates = Ecosystem::CratesIo;
            assert_eq!(may_stand_in(crates, name, real), expected, "{real}");
        }
    }
}
