package dev.dualprocess.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.studio.web.Studio;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other sites, other names, other people: who may ask a studio, and what may be sent. */
class GuardTest {
  @TempDir private Path runs;

  private Studio studio;
  private StudioClient client;

  @BeforeEach
  void start() throws IOException {
    studio = ToyStudio.start(runs);
    client = new StudioClient(studio.address());
  }

  @AfterEach
  void end() {
    studio.close();
  }

  /** The first line of the answer to a request whose Host is that. */
  private String addressedTo(String host) throws IOException {
    int port = URI.create(studio.address()).getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request =
          "GET /api/state HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
              .formatted(host.replace("PORT", Integer.toString(port)));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().findFirst().orElse("");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT"})
  void itsOwnNamesAreAnswered(String host) throws IOException {
    assertTrue(addressedTo(host).contains(" 200 "), host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example:PORT",
        "127.0.0.1.evil.example:PORT",
        "evil.example",
        "localhost",
        "localhost:1",
        "192.168.0.1:PORT"
      })
  void anotherNameThatLeadsHereIsNot(String host) throws IOException {
    assertTrue(addressedTo(host).contains(" 403 "), host);
  }

  private int posting(String header, String value) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        client.to("/api/jobs").header(header, value).POST(BodyPublishers.ofString("{}"));
    return client.send(request).statusCode();
  }

  @Test
  void pagesOfOtherSitesMayNotPost() throws IOException, InterruptedException {
    assertEquals(403, posting("Origin", "http://evil.example"));
    assertEquals(403, posting("Origin", "null"));
    assertEquals(
        403, posting("Origin", "https://127.0.0.1:" + URI.create(studio.address()).getPort()));
    assertEquals(403, posting("Sec-Fetch-Site", "cross-site"));
    assertEquals(403, posting("Sec-Fetch-Site", "same-site"));
    assertEquals(403, posting("Sec-Fetch-Site", "none"));
    assertEquals(400, posting("Origin", studio.address().replaceAll("/$", "")));
    assertEquals(400, posting("Sec-Fetch-Site", "same-origin"));
  }

  @ParameterizedTest
  @CsvSource({
    "/api/state, cross-site, no-cors, 403",
    "/api/picture?prompt=a, same-site, no-cors, 403",
    "/, cross-site, navigate, 200",
    "/, none, navigate, 200",
    "/api/state, none, navigate, 200",
    "/, cross-site, no-cors, 403"
  })
  void pagesOfOtherSitesMayLinkHereAndNoMore(String path, String site, String mode, int status)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        client.send(client.to(path).header("Sec-Fetch-Site", site).header("Sec-Fetch-Mode", mode));
    assertEquals(status, answer.statusCode());
  }

  @Test
  void everyAnswerForbidsWhatThePageDoesNotNeed() throws IOException, InterruptedException {
    HttpResponse<byte[]> page = client.send(client.to("/"));
    assertEquals(200, page.statusCode());
    String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
    assertTrue(policy.startsWith("default-src 'self';"), policy);
    assertTrue(!policy.contains("unsafe"), policy);
    assertEquals("nosniff", page.headers().firstValue("X-Content-Type-Options").orElse(""));
    assertEquals("DENY", page.headers().firstValue("X-Frame-Options").orElse(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/jobs/..%2f..%2fetc/files/passwd",
        "/api/jobs/x/files/..%2f..%2f..%2fetc%2fpasswd",
        "/api/paintings/..%2f..%2fconfig.json",
        "/api/probes/p1-1/..%2f..%2fsecret.png",
        "/..%2f..%2fetc/passwd",
        "/api/jobs/.studio/files/paintings"
      })
  void pathsDoNotLeaveTheirFolder(String path) throws IOException, InterruptedException {
    int status = client.send(client.to(path)).statusCode();
    assertTrue(status == 404 || status == 400, path + ": " + status);
  }

  @Test
  void whatIsSentIsJudgedBeforeItIsDecoded() throws IOException, InterruptedException {
    assertEquals(
        413,
        client
            .send(
                client
                    .to("/api/paintings")
                    .POST(BodyPublishers.ofByteArray(new byte[(20 << 20) + 1])))
            .statusCode());
    assertEquals(
        "'the picture' is no picture",
        client
            .post("/api/paintings", "<svg onload='alert(1)'/>".getBytes(StandardCharsets.UTF_8))
            .path("error")
            .asText()
            .replaceAll(".*picture.*", "'the picture' is no picture"));
    BufferedImage small = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(small, "png", png);
    assertEquals(3, client.post("/api/paintings", png.toByteArray()).path("width").asInt());
    assertEquals(
        413,
        client
            .send(client.to("/api/jobs").POST(BodyPublishers.ofByteArray(new byte[2 << 20])))
            .statusCode());
    assertEquals(
        "what was sent is not JSON",
        client
            .post("/api/jobs", "{\"a\": 1} x".getBytes(StandardCharsets.UTF_8))
            .path("error")
            .asText());
    assertTrue(
        client
            .post("/api/settings", png.toByteArray())
            .path("error")
            .asText()
            .contains("not of this program"));
  }

  @Test
  void beyondThisMachineATokenIsAskedFor() throws IOException, InterruptedException {
    try (Studio open = Studio.start(ToyStudio.settings(runs.resolve("open"), "0.0.0.0"))) {
      URI entrance = URI.create(open.address().replace("0.0.0.0", "127.0.0.1"));
      StudioClient stranger = new StudioClient("http://127.0.0.1:" + entrance.getPort());
      assertEquals(401, stranger.send(stranger.to("/api/state")).statusCode());
      assertEquals(401, stranger.send(stranger.to("/")).statusCode());
      assertEquals(401, stranger.send(stranger.to("/?token=wrong")).statusCode());
      HttpResponse<byte[]> welcomed = stranger.send(stranger.to("/?" + entrance.getQuery()));
      assertEquals(302, welcomed.statusCode());
      String cookie = welcomed.headers().firstValue("Set-Cookie").orElse("");
      assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), cookie);
      String brought = cookie.substring(0, cookie.indexOf(';'));
      assertEquals(
          200, stranger.send(stranger.to("/api/state").header("Cookie", brought)).statusCode());
    }
  }
}
