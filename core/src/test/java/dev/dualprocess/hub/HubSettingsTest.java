package dev.dualprocess.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The variables, as huggingface_hub's constants.py reads them. */
class HubSettingsTest {
  @TempDir Path folder;

  private static Map<String, String> variables(String written) {
    Map<String, String> variables = new HashMap<>(Map.of("HOME", "/u"));
    for (String one : Splitter.on(';').split(written)) {
      String[] pair = one.split("=", 2);
      variables.put(pair[0], pair[1]);
    }
    return variables;
  }

  @ParameterizedTest
  @CsvSource({
    "X=,                                                     /u/.cache/huggingface/hub",
    "XDG_CACHE_HOME=/x,                                      /x/huggingface/hub",
    "XDG_CACHE_HOME=/x;HF_HOME=/h,                           /h/hub",
    "HF_HOME=/h;HUGGINGFACE_HUB_CACHE=/old,                  /old",
    "HUGGINGFACE_HUB_CACHE=/old;HF_HUB_CACHE=/c;HF_HOME=/h,  /c",
    "HF_HUB_CACHE=;HF_HOME=/h,                               /h/hub",
    "HF_HUB_CACHE=~/c,                                       /u/c",
    "HF_HOME=~,                                              /u/hub",
    "HF_HOME=~other/c,                                       ~other/c/hub",
    "D=/d;HF_HUB_CACHE=$D/c,                                 /d/c",
    "D=/d;HUGGINGFACE_HUB_CACHE=${D}x,                       /dx",
    "D=/d;XDG_CACHE_HOME=$D/$NONE,                           /d/$NONE/huggingface/hub",
  })
  void cache(String variables, Path cache) throws IOException {
    assertEquals(cache, HubSettings.of(variables(variables)).cache());
    assertEquals(cache, HubCache.of(variables(variables)).root());
  }

  @ParameterizedTest
  @CsvSource({
    "X=,                                        false",
    "HF_HUB_OFFLINE=1,                          true",
    "HF_HUB_OFFLINE=yes,                        true",
    "HF_HUB_OFFLINE=0,                          false",
    "TRANSFORMERS_OFFLINE=TRUE,                 true",
    "HF_HUB_OFFLINE=0;TRANSFORMERS_OFFLINE=1,   false",
  })
  void offline(String variables, boolean offline) throws IOException {
    assertEquals(offline, HubSettings.of(variables(variables)).offline());
  }

  @Test
  void theTokenIsGivenOrInAFile() throws IOException {
    String home = "HF_HOME=" + folder;
    assertEquals(Optional.empty(), HubSettings.of(variables(home)).token());
    Files.writeString(folder.resolve("token"), "hf_file\n");
    assertEquals("hf_file", secret(home));
    assertEquals("hf_old", secret(home + ";HUGGING_FACE_HUB_TOKEN=hf_old"));
    assertEquals("hf_new", secret(home + ";HUGGING_FACE_HUB_TOKEN=hf_old;HF_TOKEN=hf_new"));
    Path other = Files.writeString(folder.resolve("other"), "hf_other");
    assertEquals("hf_other", secret(home + ";HF_TOKEN_PATH=" + other));
    assertEquals(
        Optional.empty(),
        HubSettings.of(variables(home + ";HF_HUB_DISABLE_IMPLICIT_TOKEN=1")).token());
  }

  private static String secret(String variables) throws IOException {
    return HubSettings.of(variables(variables)).token().orElseThrow().secret();
  }

  @Test
  void theTokenIsNeverWritten() throws IOException {
    HubSettings settings = HubSettings.of(Map.of("HF_TOKEN", "hf_secret"));
    assertFalse(settings.toString().contains("secret"), settings::toString);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> HubSettings.of(Map.of("HF_TOKEN", "hf_secret\nX-Header: 1")));
    assertFalse(e.getMessage().contains("secret"), e::getMessage);
  }

  @Test
  void theEndpointIsAnAddress() throws IOException {
    assertEquals("https://huggingface.co", HubSettings.of(Map.of()).endpoint().toString());
    Map<String, String> mirror = Map.of("HF_ENDPOINT", "https://mirror.example/hf/");
    assertEquals("https://mirror.example/hf", HubSettings.of(mirror).endpoint().toString());
    for (String wrong : new String[] {"mirror", "ftp://mirror", "http://a b"}) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> HubSettings.of(Map.of("HF_ENDPOINT", wrong)));
      assertTrue(e.getMessage().contains("HF_ENDPOINT") && e.getMessage().contains(wrong));
    }
  }

  @Test
  void aFileIsNoCache() throws IOException {
    Path file = Files.createFile(folder.resolve("f"));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> HubSettings.of(Map.of("HF_HUB_CACHE", file.toString())));
    assertEquals(
        "the hub's cache %s is a file, not a folder; see HF_HUB_CACHE and HF_HOME".formatted(file),
        e.getMessage());
  }
}
