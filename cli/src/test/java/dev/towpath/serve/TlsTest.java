package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with certificates of people's own, and servers that others reach. */
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path folder;
  private Towpath project;

  /** A certificate and its key in files, and who trusts it. */
  record Pair(Path certificate, Path key, SSLContext trusting) {}

  @BeforeEach
  void project() throws IOException {
    project = Served.project(folder);
  }

  static Pair pair(Path folder, String name, String... options) throws Exception {
    Path file = folder.resolve(name + ".p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-dname",
                "CN=towpath",
                "-ext",
                "san=dns:Data.example.org,dns:*.wild.example.org,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString()));
    command.addAll(List.of(options));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    Path certificate = folder.resolve(name + ".crt");
    Path key = folder.resolve(name + ".key");
    Files.writeString(certificate, pem("CERTIFICATE", store.getCertificate("server").getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded()));
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", store.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return new Pair(certificate, key, context);
  }

  private static String pem(String kind, byte[] bytes) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes)
        + "\n-----END "
        + kind
        + "-----\n";
  }

  @Test
  void postgresClientsSpeakTlsWithTheSameCertificate() throws Exception {
    Pair pair = pair(folder, "server", "-keyalg", "EC", "-validity", "2");
    String token = Served.user(folder, "ada", "viewer");
    try (Served _ =
        Served.start(
            folder,
            "--tls-cert",
            pair.certificate().toString(),
            "--tls-key",
            pair.key().toString(),
            "--pg-port",
            "0")) {
      int port =
          Served.JSON
              .readTree(folder.resolve(".towpath/server.json").toFile())
              .path("pg_port")
              .asInt();
      String url =
          "jdbc:postgresql://127.0.0.1:"
              + port
              + "/small?sslmode=verify-full&sslrootcert="
              + pair.certificate();
      try (Connection connection = DriverManager.getConnection(url, "token", token);
          var rows = connection.createStatement().executeQuery("SELECT current_user")) {
        rows.next();
        assertThat(rows.getString(1)).isEqualTo("ada");
      }
      Pair other = pair(folder, "other", "-keyalg", "EC", "-validity", "2");
      String wrong = url.replace(pair.certificate().toString(), other.certificate().toString());
      assertThatThrownBy(() -> DriverManager.getConnection(wrong, "token", token))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("SSL");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void aServerSpeaksTls(String algorithm) throws Exception {
    Pair pair = pair(folder, "server", "-keyalg", algorithm, "-validity", "2");
    Served.user(folder, "ada", "viewer");
    try (Served server =
            Served.start(
                folder,
                "--host",
                "0.0.0.0",
                "--tls-cert",
                pair.certificate().toString(),
                "--tls-key",
                pair.key().toString());
        HttpClient client = HttpClient.newBuilder().sslContext(pair.trusting()).build()) {
      assertThat(server.url().getScheme()).isEqualTo("https");
      var answer = client.send(server.request("/api/v1/project").build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Strict-Transport-Security"))
          .as("for whoever is at this machine, other servers may speak without")
          .isEmpty();
      HttpRequest signIn =
          server
              .bare("/api/v1/session")
              .header("Content-Type", "application/json")
              .POST(
                  BodyPublishers.ofString(
                      Served.JSON.writeValueAsString(Map.of("token", server.token()))))
              .build();
      String cookie =
          client
              .send(signIn, BodyHandlers.ofString())
              .headers()
              .firstValue("Set-Cookie")
              .orElseThrow();
      assertThat(cookie).startsWith("__Host-towpath=").endsWith("; Secure");
      if (algorithm.equals("RSA")) {
        names(server, pair);
      }
    }
  }

  private static void names(Served server, Pair pair) throws Exception {
    for (String host : List.of("data.example.org:", "DATA.example.org:", "127.0.0.1:")) {
      assertThat(get(server, pair, host + server.port(), "TLSv1.3")).startsWith("HTTP/1.1 200");
    }
    assertThat(get(server, pair, "data.example.org:" + server.port(), "TLSv1.2"))
        .contains("Strict-Transport-Security: max-age=");
    for (String host : List.of("evil.example:", "a.wild.example.org:", "towpath:")) {
      assertThat(get(server, pair, host + server.port(), "TLSv1.3")).startsWith("HTTP/1.1 421");
    }
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      plain.setSoTimeout(10_000);
      plain.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
      String said;
      try {
        said = new String(plain.getInputStream().readAllBytes(), US_ASCII);
      } catch (IOException reset) {
        said = "";
      }
      assertThat(said).as("nothing is told without TLS").doesNotContain("200");
    }
  }

  private static String get(Served server, Pair pair, String host, String protocol)
      throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            pair.trusting()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/project HTTP/1.1\r\nHost: "
                      + host
                      + "\r\nAuthorization: Bearer "
                      + server.token()
                      + "\r\nConnection: close\r\n\r\n")
                  .getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (SSLException e) {
      return e.toString();
    }
  }

  private String refused(Path certificate, Path key) {
    Towpath.Result result =
        project.run(
            "serve",
            "--port",
            "0",
            "--tls-cert",
            certificate.toString(),
            "--tls-key",
            key.toString());
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).doesNotContain("Exception", "mistake in towpath");
    return result.err();
  }

  @Test
  void filesThatDoNotFitAreTold() throws Exception {
    Pair pair = pair(folder, "one", "-keyalg", "EC");
    Pair other = pair(folder, "other", "-keyalg", "EC");
    Pair rsa = pair(folder, "rsa", "-keyalg", "RSA");
    Pair old = pair(folder, "old", "-keyalg", "EC", "-startdate", "-10d", "-validity", "5");
    Pair young = pair(folder, "young", "-keyalg", "EC", "-startdate", "+5d");
    assertThat(refused(pair.certificate(), other.key())).contains("is not the key");
    assertThat(refused(pair.certificate(), rsa.key())).contains("is not the key");
    assertThat(refused(old.certificate(), old.key())).contains("ended at");
    assertThat(refused(young.certificate(), young.key())).contains("begins at");
    assertThat(refused(pair.key(), pair.key())).contains("holds no certificate");
    assertThat(refused(pair.certificate(), pair.certificate())).contains("holds no private key");
    assertThat(refused(folder.resolve("no.crt"), pair.key())).contains("it is not there");
    Path locked = folder.resolve("locked.key");
    Files.writeString(locked, pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));
    assertThat(refused(pair.certificate(), locked)).contains("locked with a password", "openssl");
    Files.writeString(locked, pem("PRIVATE KEY", new byte[] {48, 1, 3}));
    assertThat(refused(pair.certificate(), locked)).contains("cannot be read");
    Towpath.Result half = project.run("serve", "--tls-cert", pair.certificate().toString());
    assertThat(half.exit()).isEqualTo(2);
    assertThat(half.err()).contains("--tls-key");
  }

  /** Keys as older programs write them. */
  @Test
  void olderFormsOfKeysAreRead() throws Exception {
    Pair rsa = pair(folder, "rsa", "-keyalg", "RSA");
    byte[] whole =
        Base64.getMimeDecoder().decode(Files.readString(rsa.key()).replaceAll("-.*", ""));
    // after version, algorithm and the head of an OCTET STRING comes what PKCS#1 has
    int start = 26;
    byte[] inner = java.util.Arrays.copyOfRange(whole, start, whole.length);
    Path old = folder.resolve("old.key");
    Files.writeString(old, pem("RSA PRIVATE KEY", inner));
    try (Served server =
        Served.start(
            folder, "--tls-cert", rsa.certificate().toString(), "--tls-key", old.toString())) {
      assertThat(get(server, rsa, "127.0.0.1:" + server.port(), "TLSv1.3"))
          .startsWith("HTTP/1.1 200");
    }
  }
}
