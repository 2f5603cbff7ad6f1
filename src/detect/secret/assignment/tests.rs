use super::*;
use crate::detect::secret::identifier;
use crate::model::{Origin, RepoPath, Source, SourceId};

/// What the names of a text are given.
fn values(path: &str, written: &str) -> Vec<(String, Style)> {
    let path = RepoPath::from(path);
    let kind = crate::classify::classify(&path, b"");
    let source = Source::new(SourceId(0), path, kind, written.as_bytes(), Origin::Buffer);
    let text = Text::new(&source);
    let lower = written.to_ascii_lowercase();
    let mut hits: Vec<_> = identifier::WORDS
        .iter()
        .chain(TAGS)
        .flat_map(|word| lower.match_indices(word))
        .map(|(at, word)| at..at + word.len())
        .collect();
    hits.sort_by_key(|hit| (hit.end, hit.start));
    let mut done = 0;
    let mut found = Vec::new();
    for hit in hits {
        if hit.start < done {
            continue;
        }
        match parse(&text, name_around(&text, hit)) {
            Ok(assignment) => {
                done = assignment.done();
                found.push((written[assignment.value].to_owned(), assignment.style));
            }
            Err(end) => done = end,
        }
    }
    found
}

fn assert_found(cases: &[(&str, &str)], style: Style) {
    let missed: Vec<_> = cases
        .iter()
        .map(|(path, text)| (path, text, values(path, text)))
        .filter(|(_, _, found)| !found.contains(&("s3cr3t!".to_owned(), style)))
        .collect();
    assert!(missed.is_empty(), "{style:?}: {missed:#?}");
}

#[test]
fn values_are_found_in_every_syntax() {
    assert_found(
        &[
            (".env", "DB_PASSWORD=s3cr3t!\n"),
            (".env", "export DB_PASSWORD=\"s3cr3t!\"\n"),
            (".env.local", "DB_PASSWORD='s3cr3t!'\n"),
            ("a.ini", "password = s3cr3t! # main\n"),
            ("a.ini", "password = s3cr3t! ; main\n"),
            ("a.properties", "spring.datasource.password=s3cr3t!\n"),
            ("a.properties", "spring.datasource.password: s3cr3t!\n"),
            ("a.cnf", "[client]\nuser=a\npassword=s3cr3t!\n"),
            ("a.conf", "smtp_password s3cr3t!\n"),
            ("a.conf", "secret \"s3cr3t!\";\n"),
            ("a.yml", "  password: s3cr3t!\n"),
            ("a.yml", "  password: 's3cr3t!'\n"),
            ("a.yml", "  password: !!str s3cr3t!\n"),
            ("a.yml", "  - DB_PASSWORD=s3cr3t!\n"),
            ("a.yml", "db: {user: a, password: s3cr3t!, port: 1}\n"),
            ("a.yml", "  - password: s3cr3t!\n"),
            ("a.json", "{\"password\": \"s3cr3t!\"}"),
            ("a.json", "{\"db.password\" : \"s3cr3t!\"}"),
            ("a.json", "{\"cmd\": \"tool --password=s3cr3t! run\"}"),
            ("a.toml", "password = \"s3cr3t!\"\n"),
            ("a.toml", "password = '''s3cr3t!'''\n"),
            ("a.xml", "<password>s3cr3t!</password>"),
            (
                "a.xml",
                "<db:password type=\"string\">s3cr3t!</db:password>",
            ),
            ("a.xml", "<password><![CDATA[s3cr3t!]]></password>"),
            ("a.xml", "<Pass>s3cr3t!</Pass>"),
            ("a.xml", "<Pass encoding=\"base64\">s3cr3t!</Pass>"),
            ("a.ini", "web ansible_host=a ansible_ssh_pass=s3cr3t! b=c\n"),
            ("a.xml", "<db password=\"s3cr3t!\"/>"),
            ("a.xml", "<string name=\"api_token\">s3cr3t!</string>"),
            ("a.html", "<div data-token='s3cr3t!'>"),
            ("a.py", "config['password'] = 's3cr3t!'\n"),
            ("a.py", "connect(password=b\"s3cr3t!\")"),
            ("a.py", "password: str = \"s3cr3t!\"\n"),
            ("a.py", "PASSWORD = u's3cr3t!'.encode('utf-8')\n"),
            ("a.go", "password := `s3cr3t!`\n"),
            ("a.go", "var password string = \"s3cr3t!\"\n"),
            ("a.go", "Config{Password: \"s3cr3t!\"}\n"),
            ("a.go", "password := []byte(\"s3cr3t!\")\n"),
            ("a.rs", "const PASSWORD: &'static str = \"s3cr3t!\";"),
            ("a.rs", "password: Some(String::from(\"s3cr3t!\")),"),
            ("a.rs", "let password = \"s3cr3t!\".to_string();"),
            ("a.php", "'password' => 's3cr3t!',"),
            ("a.php", "$this->password = 's3cr3t!';"),
            ("a.rb", ":password => \"s3cr3t!\""),
            ("a.rb", "password: 's3cr3t!',"),
            ("a.rb", "password 's3cr3t!'\n"),
            ("a.c", "const char password[] = \"s3cr3t!\";"),
            ("a.c", "char password[32] = \"s3cr3t!\";"),
            ("a.c", "#define WIFI_PASSWORD \"s3cr3t!\"\n"),
            ("a.cpp", "std::wstring password = L\"s3cr3t!\";"),
            ("a.m", "NSString *password = @\"s3cr3t!\";"),
            ("a.cs", "string password = @\"s3cr3t!\";"),
            (
                "a.cs",
                "public string Password { get; set; } = \"s3cr3t!\";",
            ),
            ("a.java", "char[] password = \"s3cr3t!\".toCharArray();"),
            ("a.java", "String password = new String(\"s3cr3t!\");"),
            ("a.kt", "val password: String = \"s3cr3t!\""),
            ("a.swift", "let password: String? = \"s3cr3t!\""),
            ("a.scala", "val password = \"s3cr3t!\""),
            ("a.dart", "final String password = 's3cr3t!';"),
            ("a.pl", "my $password = 's3cr3t!';"),
            ("a.lua", "password = \"s3cr3t!\","),
            ("a.r", "password <- \"s3cr3t!\"\n"),
            ("a.ex", "config :app, password: \"s3cr3t!\""),
            ("a.erl", "{password, \"s3cr3t!\"}"),
            ("a.erl", "#{password => <<\"s3cr3t!\">>}"),
            ("a.clj", "{:user \"a\" :password \"s3cr3t!\"}"),
            ("a.el", "(setq password \"s3cr3t!\")"),
            ("a.ps1", "$password = \"s3cr3t!\""),
            ("a.ps1", "Connect -Password \"s3cr3t!\""),
            (
                "a.ps1",
                "$password = ConvertTo-SecureString \"s3cr3t!\" -AsPlainText",
            ),
            (
                "a.ps1",
                "-Password (ConvertTo-SecureString -String \"s3cr3t!\" -Force)",
            ),
            ("a.bat", "set PASSWORD=s3cr3t!\r\n"),
            ("a.gradle", "storePassword \"s3cr3t!\""),
            ("a.tf", "  master_password = \"s3cr3t!\"\n"),
            ("a.vb", "Dim password As String = \"s3cr3t!\""),
            ("a.pas", "password: string := 's3cr3t!';"),
            ("a.cs", "Password = \"s3cr3t!\""),
            ("a.sql", "ALTER USER a WITH PASSWORD 's3cr3t!';"),
            ("a.sql", "CREATE LOGIN a WITH PASSWORD = N's3cr3t!';"),
            ("a.sql", "DECLARE @password nvarchar(50) = 's3cr3t!'"),
            ("a.ts", "password?: string = 's3cr3t!';"),
            ("a.js", "password || 's3cr3t!'"),
            ("a.js", "const password = process.env.DB || 's3cr3t!';"),
            ("a.js", "\"{\\\"password\\\": \\\"s3cr3t!\\\"}\""),
            (
                "a.js",
                "\"{\\\\\\\"password\\\\\\\":\\\\\\\"s3cr3t!\\\\\\\"}\"",
            ),
            ("a.ipynb", "  \"password = \\\"s3cr3t!\\\"\\n\",\n"),
            ("a.xml", "{&quot;password&quot;:&quot;s3cr3t!&quot;}"),
            ("a.sh", "PASSWORD=s3cr3t! run\n"),
            ("a.sh", "export PASSWORD='s3cr3t!'\n"),
            ("a.fish", "set -x PASSWORD s3cr3t!\n"),
            ("a.csh", "setenv PASSWORD s3cr3t!\n"),
            ("Makefile", "PASSWORD := s3cr3t!\n"),
            ("Makefile", "PASSWORD = s3cr3t!\n"),
            ("Dockerfile", "ENV DB_PASSWORD s3cr3t!\n"),
            ("Dockerfile", "ENV DB_PASSWORD=s3cr3t! A=b\n"),
            ("Dockerfile", "ARG DB_PASSWORD=s3cr3t!\n"),
            ("notes.txt", "api-token: s3cr3t!\n"),
            ("notes.txt", "Secret Access Key: s3cr3t!\n"),
            ("a.txt", "$ export API_TOKEN=s3cr3t!\n"),
        ],
        Style::Given,
    );
}

#[test]
fn values_of_command_lines_are_found() {
    assert_found(
        &[
            ("a.sh", "mysql --password=s3cr3t! db\n"),
            ("a.sh", "tool --password s3cr3t! db\n"),
            ("a.sh", "tool --password \\\n  s3cr3t! db\n"),
            ("a.sh", "keytool -storepassword s3cr3t! -x\n"),
            ("a.sh", "java -Ddb.password=s3cr3t! -jar a.jar\n"),
            ("a.sh", "helm install --set db.password=s3cr3t! a\n"),
            ("a.sh", "kubectl create --from-literal=password=s3cr3t! a\n"),
            ("a.md", "Run `tool --password s3cr3t!` first.\n"),
            ("a.py", "run(\"tool --password s3cr3t! -x\")\n"),
            ("a.py", "run([\"tool\", \"--password\", \"s3cr3t!\"])\n"),
            (
                "a.py",
                "parser.add_argument(\"--password\", help=\"p\", default=\"s3cr3t!\")\n",
            ),
        ],
        Style::Given,
    );
}

#[test]
fn values_on_the_next_line_are_found() {
    assert_found(
        &[
            ("a.py", "password = \\\n    \"s3cr3t!\"\n"),
            ("a.py", "password = (\n    \"s3cr3t!\"\n)\n"),
            ("a.java", "String password =\n    \"s3cr3t!\";\n"),
            ("a.java", "builder.password(\n    \"s3cr3t!\")\n"),
            ("a.java", "String password = \"s3cr3t!\" +\n    \"more\";\n"),
            ("a.js", "password:\r\n    's3cr3t!',\r\n"),
            ("a.json", "{\"password\":\n  \"s3cr3t!\"}"),
            ("a.yml", "password: >-\n  s3cr3t!\nuser: a\n"),
            ("a.yml", "password: |\n  s3cr3t!\n"),
            ("a.yml", "password:\n  s3cr3t!\n"),
            ("a.yml", "password:\n  \"s3cr3t!\"\n"),
            ("a.yml", "X-Api-Token:\n  - s3cr3t!\n"),
            ("a.json", "{\"X-Api-Token\": [\n  \"s3cr3t!\"\n]}"),
            ("a.xml", "<password>\n  s3cr3t!\n</password>"),
            ("a.py", "x = \"<password>\\n  s3cr3t!\\r\\n</password>\""),
        ],
        Style::Given,
    );
}

#[test]
fn values_beside_their_names_are_found_in_either_order() {
    assert_found(
        &[
            ("a.xml", "<add key=\"Password\" value=\"s3cr3t!\"/>"),
            ("a.xml", "<add value=\"s3cr3t!\" key=\"Password\"/>"),
            (
                "a.xml",
                "<property name=\"db.password\" type=\"x\" value='s3cr3t!'/>",
            ),
            ("a.xml", "<property name=\"db.password\">s3cr3t!</property>"),
            ("a.xml", "<name>db.password</name>\n<value>s3cr3t!</value>"),
            ("a.plist", "<key>Password</key>\n\t<string>s3cr3t!</string>"),
            (
                "a.html",
                "<input type=\"password\" name=\"p\" value=\"s3cr3t!\">",
            ),
            ("a.json", "{\"key\": \"password\", \"value\": \"s3cr3t!\"}"),
            (
                "a.json",
                "{\n \"value\": \"s3cr3t!\",\n \"name\": \"DB_PASSWORD\"\n}",
            ),
            (
                "a.json",
                "{\"Name\": \"password\", \"Type\": \"s\", \"Value\": \"s3cr3t!\"}",
            ),
            ("a.yml", "- name: DB_PASSWORD\n  value: s3cr3t!\n"),
            ("a.yml", "- value: s3cr3t!\n  name: DB_PASSWORD\n"),
            (
                "a.yml",
                "- name: DB_PASSWORD\n  required: true\n  default: 's3cr3t!'\n",
            ),
            (
                "a.tf",
                "variable \"db_password\" {\n  type = string\n  default = \"s3cr3t!\"\n}\n",
            ),
            ("a.go", "{Name: \"DB_PASSWORD\", Value: \"s3cr3t!\"},"),
            (
                "a.js",
                "\"{\\\"key\\\":\\\"password\\\",\\\"value\\\":\\\"s3cr3t!\\\"}\"",
            ),
        ],
        Style::Given,
    );
}

#[test]
fn what_stands_in_for_a_missing_value_is_found() {
    assert_found(
        &[
            ("a.yml", "password: ${DB_PASSWORD:s3cr3t!}\n"),
            ("a.sh", "pw=${DB_PASSWORD:-s3cr3t!}\n"),
            ("a.sh", "pw=\"${DB_PASSWORD:=s3cr3t!}\"\n"),
            ("a.java", "@Value(\"${db.password:s3cr3t!}\")"),
            ("a.js", "process.env.DB_PASSWORD || \"s3cr3t!\""),
            ("a.js", "process.env.DB_PASSWORD ?? \"s3cr3t!\""),
            ("a.js", "process.env['DB_PASSWORD'] || \"s3cr3t!\""),
            ("a.py", "password = os.environ.get(\"X\", \"s3cr3t!\")"),
            ("a.py", "password = os.getenv('X') or 's3cr3t!'"),
            ("a.kt", "System.getenv(\"DB_PASSWORD\") ?: \"s3cr3t!\""),
            ("a.j2", "{{ db_password | default('s3cr3t!') }}"),
        ],
        Style::Given,
    );
    assert_found(
        &[
            ("a.py", "x = os.environ.get(\"DB_PASSWORD\", \"s3cr3t!\")"),
            ("a.php", "env('DB_PASSWORD', 's3cr3t!')"),
            (
                "a.go",
                "flag.String(\"password\", \"s3cr3t!\", \"the password\")",
            ),
        ],
        Style::Listed,
    );
}

#[test]
fn calls_give_values_to_what_they_name() {
    assert_found(
        &[
            ("a.java", "ds.setPassword(\"s3cr3t!\");"),
            ("a.java", "builder().user(\"a\").password(\"s3cr3t!\")"),
            ("a.go", "WithPassword(\"s3cr3t!\")"),
            (
                "a.py",
                "driver.find_element_by_id(\"password\").send_keys(\"s3cr3t!\")",
            ),
            ("a.rb", "fill_in 'Password', with: 's3cr3t!'"),
            ("a.js", "$('#password').val('s3cr3t!');"),
        ],
        Style::Given,
    );
    assert_found(
        &[
            ("a.php", "define('DB_PASSWORD', 's3cr3t!');"),
            ("a.java", "props.put(\"db.password\", \"s3cr3t!\");"),
            ("a.js", "page.fill('#password', 's3cr3t!')"),
            ("a.sql", "SELECT password('s3cr3t!')"),
        ],
        Style::Listed,
    );
}

#[test]
fn values_inside_larger_texts_are_found() {
    assert_found(
        &[
            ("a.cs", "\"Server=x;Password=s3cr3t!;User=a\""),
            ("a.cs", "\"Server = x; User = a; Password = s3cr3t!\""),
            (
                "a.xml",
                "connectionString=\"Server=x;Password=s3cr3t!;User=a\"",
            ),
            ("a.xml", "<a href=\"x?b=1&amp;token=s3cr3t!&amp;c=2\">"),
            (
                "a.js",
                "fetch('https://x.io/a?b=1&access_token=s3cr3t!&c=2')",
            ),
            ("a.js", "headers: ['X-Api-Token: s3cr3t!']"),
            ("a.sh", "curl -H \"X-Api-Token: s3cr3t!\" x.io"),
            ("a.py", "dsn = \"host=a user=b password=s3cr3t! dbname=c\""),
            ("a.md", "See http://x.io/?token=s3cr3t!&a=b for more"),
        ],
        Style::Embedded,
    );
}

#[test]
fn comparisons_and_told_values_are_told_apart() {
    assert_found(
        &[
            ("a.py", "if password == \"s3cr3t!\":"),
            ("a.js", "if (password === 's3cr3t!') {"),
            ("a.java", "password.equals(\"s3cr3t!\")"),
            ("a.js", "expect(user.password).toBe('s3cr3t!')"),
            ("a.js", "if ('s3cr3t!' === user.password) {"),
            ("a.java", "\"s3cr3t!\".equals(request.getPassword())"),
            ("a.java", "assertEquals(\"s3cr3t!\", user.getPassword());"),
            ("a.go", "assert.Equal(t, \"s3cr3t!\", cfg.Password)"),
            ("a.sh", "if [ \"$PASSWORD\" == \"s3cr3t!\" ]"),
        ],
        Style::Compared,
    );
    assert_found(
        &[
            ("a.md", "Log in as ann, password: s3cr3t!\n"),
            ("a.md", "The password is `s3cr3t!`.\n"),
            ("a.md", "- **Password:** s3cr3t!\n"),
            ("a.md", "| Password | s3cr3t! |\n"),
            ("a.py", "# login with password: s3cr3t!\n"),
            ("a.py", "x = 1  # password = s3cr3t!\n"),
            ("a.java", "// password is s3cr3t!\n"),
            ("a.py", "Enter the password: 's3cr3t!'\n"),
        ],
        Style::Told,
    );
}

#[test]
fn values_in_rows_below_their_names_are_found() {
    assert_found(
        &[
            (
                "a.md",
                "| user | password |\n|------|----------|\n| ann | s3cr3t! |\n",
            ),
            (
                "a.feature",
                "  | name | password | age |\n  | ann | s3cr3t! | 7 |\n",
            ),
            ("a.csv", "user,password,age\nann,s3cr3t!,7\n"),
            ("a.csv", "\"user\";\"password\"\n\"ann\";\"s3cr3t!\"\n"),
            (
                "a.sql",
                "INSERT INTO users (name, password) VALUES ('ann', 's3cr3t!');",
            ),
            (
                "a.sql",
                "insert into `users` (`id`, `password`, `at`)\nvalues\n(1, 's3cr3t!', now());",
            ),
        ],
        Style::Below,
    );
}

#[test]
fn what_gives_no_literal_is_no_assignment() {
    for (path, text) in [
        ("a.py", "password = get_password()\n"),
        ("a.py", "password = 'a' + rest\n"),
        ("a.py", "password = 'a{}'.format(rest)\n"),
        ("a.py", "password = 'a%s' % rest\n"),
        ("a.py", "password = ''\n"),
        ("a.py", "password = \"\"\n"),
        ("a.py", "password = other\n"),
        ("a.py", "def login(password):\n    \"\"\"s3cr3t!\"\"\"\n"),
        ("a.py", "print(\"password: \" + password + \"!\")\n"),
        ("a.py", "connect(password=password, user='a')\n"),
        ("a.php", "$password = 'a' . $rest;\n"),
        ("a.js", "password: string;\n"),
        ("a.js", "token = 'never closed\n"),
        ("a.js", "const password = await ask('s3cr3t!');\n"),
        ("a.js", "getToken('s3cr3t!')\n"),
        ("a.rs", "fn next(token: Token) -> Option<Token> {\n"),
        ("a.rs", "Token::new(\"s3cr3t!\")\n"),
        ("a.sql", "SELECT token FROM x WHERE id = 's3cr3t!'\n"),
        ("a.java", "login(\"s3cr3t!\", user.getPassword());"),
        ("a.py", "from a import token, b\nfrom c import s3cr3t, d\n"),
        ("a.txt", "Of the token, the word\nand s3cr3t, nothing\n"),
        ("a.sql", "INSERT INTO a (token) SELECT 's3cr3t!'\n"),
        ("a.txt", "The password was changed\n"),
        ("a.yml", "password:\n  from: vault\n"),
        ("a.yml", "password:\nuser: ann\n"),
        ("a.yml", "password: |\n  one\n  two\n"),
        (
            "a.yml",
            "- name: A_TOKEN\n  valueFrom: x\n- name: B\n  value: s3cr3t!\n",
        ),
        ("a.json", "{\"password\": {\"from\": \"vault\"}}"),
        ("a.json", "{\"password\": null}"),
        ("a.xml", "<password>\n<from>vault</from></password>"),
        ("a.xml", "<password/><user>ann</user>"),
        ("a.sh", "tool --password --verbose\n"),
        ("a.sh", "read -p 'x' PASSWORD\n"),
    ] {
        let found = values(path, text);
        assert!(found.is_empty(), "{path}: {text}: {found:?}");
    }
}
