package dev.dualprocess.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  @Test
  void whatIsKeptIsHiddenTheLongestFirst() {
    assertEquals("canary-7f3a", Secrets.keep("canary-7f3a"));
    Secrets.keep("canary-7f3a-longer");
    assertEquals(
        "a *** b ***, ***.", Secrets.masked("a canary-7f3a b canary-7f3a-longer, canary-7f3a."));
  }

  @Test
  void shortOnesWouldHideOrdinaryWords() {
    Secrets.keep("none");
    Secrets.keep("");
    assertEquals("none of it", Secrets.masked("none of it"));
  }

  @Test
  void namesAndPasswordsInAddresses() {
    assertEquals(
        "http://***@host:80/v1 and https://***@other?x=1",
        Secrets.masked("http://me:geheim@host:80/v1 and https://token@other?x=1"));
  }

  @Test
  void aPasswordOfAnAddressIsHiddenAloneToo() {
    Secrets.keepAddress("http://someone:hidden-0453@host");
    assertEquals("it is ***, no other", Secrets.masked("it is hidden-0453, no other"));
  }

  @Test
  void headers() {
    assertEquals(
        List.of(
            "Authorization: Bearer ***",
            "\"authorization\": \"Basic ***\"",
            "{authorization=[***]}",
            "Authorization: ***, Accept: x"),
        List.of(
                "Authorization: Bearer sk-123",
                "\"authorization\": \"Basic dTpw\"",
                "{authorization=[sk-123]}",
                "Authorization: abc, Accept: x")
            .stream()
            .map(Secrets::masked)
            .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a photo of a house at noon, 3 @ 5",
        "mail me@example.org",
        "https://arxiv.org/abs/2506.01955",
        "basic colours of a bearer of news",
        "/home/me/models:1.5"
      })
  void everythingElseStays(String text) {
    assertEquals(text, Secrets.masked(text));
  }
}
