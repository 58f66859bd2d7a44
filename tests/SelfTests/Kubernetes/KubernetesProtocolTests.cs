using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>
/// The stand-in answers as the recorded server did: status, kind of body, body. Left out of the comparison is what belongs to the moment: versions, managedFields,
/// and the wording of a JSON parser.
/// </summary>
public sealed partial class KubernetesProtocolTests
{
    private const string Folder = "real/kubernetes/protocol";

    [Theory]
    [InlineData("deployment-get")]
    [InlineData("field-selector-not-running")]
    [InlineData("field-selector-unsupported-400")]
    [InlineData("forbidden-403-cluster-scope")]
    [InlineData("forbidden-403-get")]
    [InlineData("forbidden-403-list")]
    [InlineData("helm-secrets-by-label-metadata-only")]
    [InlineData("limit-metadata-invalid-continue-400")]
    [InlineData("list-continue-token-expired-410")]
    [InlineData("list-limit-2-page-1")]
    [InlineData("list-limit-2-page-2")]
    [InlineData("list-resource-version-1-exact-410")]
    [InlineData("list-resource-version-too-large")]
    [InlineData("livez")]
    [InlineData("metrics-k8s-io-absent-404")]
    [InlineData("metrics-k8s-io-absent-viewer")]
    [InlineData("missing-namespace-404")]
    [InlineData("missing-namespace-gives-empty-list")]
    [InlineData("no-token")]
    [InlineData("no-token-anonymous-off-401")]
    [InlineData("notfound-404-object")]
    [InlineData("notfound-404-path")]
    [InlineData("pod-log-unknown-pod-404")]
    [InlineData("selector-app-temporal-admintools-empty")]
    [InlineData("selector-app-temporal-history-empty")]
    [InlineData("selector-component-history")]
    [InlineData("selector-invalid-400")]
    [InlineData("service-frontend-get")]
    [InlineData("ssar-admin-allowed")]
    [InlineData("ssar-create-podexec-denied")]
    [InlineData("ssar-get-podlogs-allowed")]
    [InlineData("ssar-list-nodes-allowed")]
    [InlineData("ssar-list-pods-allowed")]
    [InlineData("ssar-list-secrets-allowed")]
    [InlineData("ssar-no-token")]
    [InlineData("ssar-norights-denied")]
    [InlineData("ssar-other-namespace-denied")]
    [InlineData("ssar-patch-deployments-denied")]
    [InlineData("version-no-token")]
    [InlineData("wrong-token-401")]
    [InlineData("apis-aggregated-discovery")]
    public async Task The_stand_in_answers_as_the_server_did(string name)
    {
        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.Path($"{Folder}/{name}.json"), TestContext.Current.CancellationToken))!;
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Anonymous = name != "no-token-anonymous-off-401" });
        if (name.Contains("expired", StringComparison.Ordinal))
        {
            cluster.StandIn.Set(KubernetesFault.ContinueExpired);
        }

        using var answer = await SendAsync(cluster.StandIn, recorded["request"]!);

        var response = recorded["response"]!;
        ((int)answer.StatusCode).ShouldBe((int)response["status"]!);
        answer.Content.Headers.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal).ShouldBe(((string)response["headers"]!["Content-Type"]!).Replace(" ", "", StringComparison.Ordinal));
        answer.Headers.RetryAfter?.ToString().ShouldBe((string?)response["headers"]!["Retry-After"]);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (response["body"] is JsonValue text)
        {
            body.ShouldBe((string)text!);
        }
        else
        {
            Timeless(JsonNode.Parse(body)!).ShouldBe(Timeless(response["body"]!));
        }
    }

    [Theory]
    [InlineData("api", "/api")]
    [InlineData("apis", "/apis")]
    [InlineData("api-v1", "/api/v1")]
    [InlineData("apis-apps-v1", "/apis/apps/v1")]
    public async Task Discovery_is_the_recorded_one_in_the_older_form_too(string name, string path)
    {
        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(SharedData.Path($"real/kubernetes/before/cluster/{name}.json"), TestContext.Current.CancellationToken))!;
        await using var cluster = await Cluster.StartAsync();

        using var answer = await SendAsync(cluster.StandIn, new JsonObject { ["method"] = "GET", ["path"] = path, ["accept"] = "application/json", ["token"] = "of a cluster admin" });

        Names(JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!).ShouldBe(Names(recorded), ignoreOrder: true);
    }

    private static async Task<HttpResponseMessage> SendAsync(KubernetesStandIn standIn, JsonNode request)
    {
        using var client = Client(standIn);
        using var message = new HttpRequestMessage(new HttpMethod((string)request["method"]!), new Uri(standIn.Address, (string)request["path"]!));
        message.Headers.TryAddWithoutValidation("Accept", (string?)request["accept"] ?? "application/json");
        var token = (string?)request["token"] switch
        {
            "of a user with read rights (upgrade-checker)" => StandInUser.Viewer.Token,
            "of a cluster admin" => StandInUser.Admin.Token,
            "of a user without rights" => StandInUser.Nobody.Token,
            "unknown to the server" => "nobody-has-this-token",
            _ => null,
        };
        if (token is not null)
        {
            message.Headers.Authorization = new("Bearer", token);
        }

        if (request["body"] is { } body)
        {
            message.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        return await client.SendAsync(message, TestContext.Current.CancellationToken);
    }

    internal static HttpClient Client(KubernetesStandIn standIn)
    {
        var trusted = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(standIn.CertificateAuthority);
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == trusted.GetCertHashString();
        return new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version11 };
    }

    private static string Timeless(JsonNode body)
    {
        Strip(body);
        return MomentPattern().Replace(body.ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), "…");
    }

    private static void Strip(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var moment in new[] { "managedFields", "resourceVersion", "continue" })
                {
                    map.Remove(moment);
                }

                // Who granted a right is the binding's name.
                if ((string?)(map["reason"] as JsonValue) is { } reason && reason.StartsWith("RBAC:", StringComparison.Ordinal))
                {
                    map["reason"] = "RBAC";
                }

                foreach (var (_, child) in map.ToList())
                {
                    Strip(child);
                }

                // The API leaves empty fields of a request out of its answer.
                foreach (var empty in map.Where(pair => pair.Value is JsonValue value && value.ToString().Length == 0).Select(pair => pair.Key).ToList())
                {
                    map.Remove(empty);
                }

                break;
            case JsonArray list:
                foreach (var child in list)
                {
                    Strip(child);
                }

                break;
        }
    }

    private static List<string> Names(JsonNode body) => body["resources"] is JsonArray resources
        ? [.. resources.Select(one => $"{one!["name"]} {one["kind"]} {one["namespaced"]} {string.Join(',', one["verbs"]!.AsArray().Select(verb => (string)verb!))} {one["shortNames"]?.ToJsonString()}")]
        : body["groups"] is JsonArray groups ? [.. groups.Select(one => one!.ToJsonString())] : [.. body["versions"]!.AsArray().Select(one => (string)one!)];

    [GeneratedRegex("current: \\d+|invalid character '[^']*' looking|invalid character looking")]
    private static partial Regex MomentPattern();
}
