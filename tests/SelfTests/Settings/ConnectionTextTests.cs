using CsCheck;
using Npgsql;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class ConnectionTextTests
{
    [Theory]
    [InlineData("Host=db;Database=temporal", "db:5432/temporal")]
    [InlineData("Host=db;Port=6432;Database=temporal;Username=u;Password=hunter2-hunter2", "u@db:6432/temporal")]
    [InlineData("Server=db;DB=temporal;User Id=u;PWD=hunter2-hunter2", "u@db:5432/temporal")]
    [InlineData("host=db:6432;database=temporal", "db:6432/temporal")]
    [InlineData("Host=::1;Database=temporal", "[::1]:5432/temporal")]
    [InlineData("Host=[::1];Port=1;Database=temporal", "[::1]:1/temporal")]
    [InlineData("Host=/var/run/postgresql;Database=temporal;Username=u", "u@/var/run/postgresql:5432/temporal")]
    [InlineData("postgresql://db/temporal", "db:5432/temporal")]
    [InlineData("postgres://u:hunter2-hunter2@db:6432/temporal", "u@db:6432/temporal")]
    [InlineData("postgresql://u@[2001:db8::1]:6432/temporal", "u@[2001:db8::1]:6432/temporal")]
    [InlineData("postgresql://[::1]/temporal", "[::1]:5432/temporal")]
    [InlineData("postgresql:///temporal?host=/var/run/postgresql", "/var/run/postgresql:5432/temporal")]
    [InlineData("postgresql://%2Fvar%2Frun%2Fpostgresql/temporal", "/var/run/postgresql:5432/temporal")]
    [InlineData("postgresql://db?dbname=temporal&user=u&port=1&password=hunter2-hunter2", "u@db:1/temporal")]
    [InlineData("postgresql://me%40corp:a%2Fb%3Fc%23d@db/temporal%20two", "me@corp@db:5432/temporal two")]
    public void Both_forms_are_understood_and_displayed_without_the_password(string text, string display)
    {
        ConnectionText connection = ConnectionText.Parse(text);

        connection.Display.ShouldBe(display);
        connection.ToString().ShouldBe(display);
    }

    [Fact]
    public void What_the_URI_says_reaches_Npgsql()
    {
        ConnectionText connection = ConnectionText.Parse(
            "postgresql://u:p%3B%20%22'%3D%25x@db:6432/temporal?sslmode=verify-full&sslrootcert=/tls/ca.pem&sslcert=/tls/c.pem&sslkey=/tls/k.pem"
            + "&sslpassword=s%2Bs%2Bs%2Bs&connect_timeout=7&application_name=a%20b&options=-c%20x%3D1&channel_binding=require&sslnegotiation=direct&gssencmode=disable");
        NpgsqlConnectionStringBuilder builder = new(connection.Npgsql);

        (builder.Host, builder.Port, builder.Database, builder.Username, builder.Password).ShouldBe(("db", 6432, "temporal", "u", "p; \"'=%x"));
        (builder.SslMode, builder.RootCertificate, builder.SslCertificate, builder.SslKey, builder.SslPassword).ShouldBe((SslMode.VerifyFull, "/tls/ca.pem", "/tls/c.pem", "/tls/k.pem", "s+s+s+s"));
        (builder.Timeout, builder.ApplicationName, builder.Options).ShouldBe((7, "a b", "-c x=1"));
        (builder.ChannelBinding, builder.SslNegotiation, builder.GssEncryptionMode).ShouldBe((ChannelBinding.Require, SslNegotiation.Direct, GssEncryptionMode.Disable));
        connection.Secrets.Select(secret => secret.Reveal()).ShouldBe(["p; \"'=%x", "s+s+s+s"]);
    }

    [Theory]
    [InlineData("disable", "Disable")]
    [InlineData("allow", "Allow")]
    [InlineData("prefer", "Prefer")]
    [InlineData("require", "Require")]
    [InlineData("verify-ca", "VerifyCA")]
    [InlineData("verify-full", "VerifyFull")]
    public void The_TLS_modes_of_libpq_have_names_in_Npgsql(string libpq, string npgsql)
    {
        ConnectionText.Parse($"postgresql://db/t?sslmode={libpq}").Option("SSL Mode").ShouldBe(npgsql);
        ConnectionText.Parse($"Host=db;Database=t;SslMode={libpq}").Option("SSL Mode").ShouldBe(npgsql);
        new NpgsqlConnectionStringBuilder(ConnectionText.Parse($"postgresql://db/t?sslmode={libpq}").Npgsql).SslMode.ToString().ShouldBe(npgsql);
    }

    [Fact]
    public void The_system_root_store_needs_no_file() =>
        ConnectionText.Parse("postgresql://db/t?sslmode=verify-full&sslrootcert=system").Option("Root Certificate").ShouldBeNull();

    [Fact]
    public void Our_list_of_keywords_is_that_of_Npgsql()
    {
        foreach (string keyword in new NpgsqlConnectionStringBuilder().Keys.Cast<string>())
        {
            // A keyword that we do not know is refused before its value is looked at, and says so.
            string? problem = ConnectionText.TryParse($"Host=h;Database=d;{keyword}=1", out _, out string? wrong) ? "" : wrong;
            problem.ShouldNotBeNull().ShouldNotContain("one that Npgsql knows", Case.Sensitive, keyword);
        }

        ConnectionText.TryParse("Host=h;Database=d;Hots=1", out _, out string? unknown).ShouldBeFalse();
        unknown.ShouldBe("keyword 3: wanted one that Npgsql knows, observed another (near to Host); a password with \";\" or \"=\" in it needs quotes");
    }

    [Theory]
    [InlineData("Host=db;Database=t;Port=70000", "port: wanted 1–65535, observed 70000")]
    [InlineData("Host=db;Database=t;Port=0", "port: wanted 1–65535, observed 0")]
    [InlineData("postgresql://db:x/t", "port: wanted 1–65535, observed something else")]
    [InlineData("Database=t", "host: wanted a name, an address or the folder of a socket (/var/run/postgresql), observed none")]
    [InlineData("Host=db", "database: wanted its name (usually temporal or temporal_visibility), observed none")]
    [InlineData("postgresql://db", "database: wanted its name (usually temporal or temporal_visibility), observed none")]
    [InlineData("Host=a,b;Database=t", "host: wanted one, the primary's, observed 2; which of several answers could differ from question to question")]
    [InlineData("postgresql://a:1,b:2,c/t", "host: wanted one, the primary's, observed 3; which of several answers could differ from question to question")]
    [InlineData("Host=db;Database=t;SSL Mode=always", "SSL Mode: wanted Disable, Allow, Prefer, Require, VerifyCA, VerifyFull, observed always")]
    [InlineData("Host=db;Database=t;Timeout=soon", "Timeout: wanted a whole number, observed soon")]
    [InlineData("Host=db port=5432 dbname=t", "form: wanted \";\" between the keywords (Host=…;Database=…), observed spaces as in libpq's form; postgresql://… is understood too")]
    [InlineData("db/temporal", "form: wanted Host=…;Database=… or postgresql://…, observed a text in which a keyword has no \"=\" or a quote is not closed")]
    [InlineData("mysql://db/t", "scheme: wanted postgresql://, observed another")]
    [InlineData("postgresql:db/t", "scheme: wanted postgresql://, observed another")]
    [InlineData("postgresql://[::1/t", "host: wanted an IPv6 address as [address]:port, observed brackets that do not match")]
    [InlineData("postgresql://db/t%2", "Database: wanted \"%\" followed by two hexadecimal digits (% itself is %25), observed something else")]
    [InlineData("Port=0", "host: wanted a name, an address or the folder of a socket (/var/run/postgresql), observed none; port: wanted 1–65535, observed 0; database: wanted its name (usually temporal or temporal_visibility), observed none")]
    public void What_is_wrong_is_said_precisely(string text, string expected)
    {
        ConnectionText.TryParse(text, out ConnectionText? connection, out string? problem).ShouldBeFalse();
        connection.ShouldBeNull();
        problem.ShouldBe(expected);
        Should.Throw<FormatException>(() => ConnectionText.Parse(text)).Message.ShouldBe(expected);
    }

    [Theory]
    [InlineData("target_session_attrs=read-write", "")]
    [InlineData("sslmod=require", " (near to sslmode)")]
    public void A_parameter_that_nobody_knows_is_refused_without_repeating_it(string parameter, string near)
    {
        ConnectionText.TryParse($"postgresql://db/t?{parameter}", out _, out string? problem).ShouldBeFalse();
        problem.ShouldStartWith("parameter: wanted host, hostaddr, port, dbname, user, password, ");
        problem.ShouldEndWith($"observed another{near}");
    }

    [Theory]
    [InlineData("postgresql://u:SECRET/x@db/t")]
    [InlineData("postgresql://u:SECRET?x@db/t")]
    [InlineData("postgresql://u:x@SECRET@db/t")]
    [InlineData("postgresql://u:SECRET%x@db/t")]
    [InlineData("postgresql://u:SECRET@db:x/t")]
    [InlineData("postgresql://u:SECRET")]
    [InlineData("postgresql://u:SECRET/t")]
    [InlineData("postgresql://db/t?password=SECRET&x")]
    [InlineData("postgresql://db/t?SECRET")]
    [InlineData("Host=db;Password=a;SECRET=x;Database=t")]
    [InlineData("Host=db;Password=a=SECRET;Port=x")]
    [InlineData("Host=db;Password=\"SECRET")]
    [InlineData("Host=db password=SECRET")]
    [InlineData("SECRET")]
    [InlineData("u:SECRET@db/t")]
    [InlineData("mysql://u:SECRET@db/t")]
    public void No_problem_repeats_what_may_be_a_password(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ConnectionText.TryParse(text, out _, out string? problem).ShouldBeFalse();
        problem.ShouldNotBeNull().ShouldNotContain("SECRET");
    }

    [Fact]
    public void Any_password_survives_both_forms() => Gen.String[Gen.Char[' ', '\uD7FF'], 1, 30].Where(password => password.Trim().Length == password.Length).Sample(password =>
    {
        string uri = $"postgresql://u:{Uri.EscapeDataString(password)}@db/t";
        string pairs = new NpgsqlConnectionStringBuilder { Host = "db", Database = "t", Username = "u", Password = password }.ConnectionString;
        return new[] { uri, pairs }.All(text =>
            ConnectionText.Parse(text) is var connection
            && connection.Password!.Reveal() == password
            && new NpgsqlConnectionStringBuilder(connection.Npgsql).Password == password
            && connection.Display == "u@db:5432/t");
    });

    [Fact]
    public void The_same_server_has_other_databases()
    {
        ConnectionText other = ConnectionText.Parse("postgresql://u:hunter2-hunter2@[::1]:6432/t?sslmode=require").ForDatabase("a;b");

        other.Display.ShouldBe("u@[::1]:6432/a;b");
        other.Password.ShouldBe(new Secret("hunter2-hunter2"));
        NpgsqlConnectionStringBuilder builder = new(other.Npgsql);
        (builder.Host, builder.Port, builder.Database, builder.SslMode).ShouldBe(("::1", 6432, "a;b", SslMode.Require));
    }

    [Fact]
    public void Two_texts_that_mean_the_same_are_equal() =>
        ConnectionText.Parse("postgresql://u:hunter2-hunter2@db/t").ShouldBe(ConnectionText.Parse("postgresql://u:hunter2-hunter2@db:5432/t"));

    [Fact]
    public void The_secret_options_cannot_be_asked_for()
    {
        ConnectionText connection = ConnectionText.Parse("Host=h;Database=d;Password=hunter2-hunter2;SSL Password=hunter3-hunter3;Application Name=a");

        connection.Option("Password").ShouldBeNull();
        connection.Option("PWD").ShouldBeNull();
        connection.Option("SSL Password").ShouldBeNull();
        connection.Option("Application Name").ShouldBe("a");
    }
}
