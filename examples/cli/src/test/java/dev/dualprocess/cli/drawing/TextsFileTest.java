package dev.dualprocess.cli.drawing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file of texts says, and what is refused. */
class TextsFileTest {
  @TempDir private Path temporary;

  private Path file(String content) throws IOException {
    return Files.writeString(temporary.resolve("texts.txt"), content);
  }

  private static void refused(String because, Path file) {
    IOException e = assertThrows(IOException.class, () -> new TextsFile(file).read());
    assertEquals(file + because, e.getMessage());
  }

  @Test
  void aTextIsALineThatSaysSomething() throws IOException {
    Path file = file("\uFEFFa lake\n\n  # not this\n  ein See, grün  \r\na cat\n");
    assertEquals(
        List.of(
            new NamedText("a lake", "a-lake-"),
            new NamedText("ein See, grün", "ein-see-grun-"),
            new NamedText("a cat", "a-cat-")),
        new TextsFile(file).read());
  }

  @Test
  void textsOfOneSlugHaveFilesOfTheirOwn() throws IOException {
    List<NamedText> texts =
        new TextsFile(file("A cat!\na cat-2\na cat\na, cat\n\u732b\n\u72ac")).read();
    assertEquals(
        List.of("a-cat-", "a-cat-2-", "a-cat-3-", "a-cat-4-", "image-", "image-2-"),
        texts.stream().map(NamedText::start).toList());
  }

  @Test
  void refusalsNameFileAndLine() throws IOException {
    refused(", line 4: the same text as in line 1; take one of them away", file("a\nb\n#\n a \n"));
    refused(
        ", line 2: 10001 characters, more than any prompt's 10000",
        file("a\n" + "b".repeat(10_001)));
    refused(": no texts", file("\n# nothing\n"));
  }

  @Test
  void whatIsNoFileOfTextsIsRefused() throws IOException {
    Path latin = temporary.resolve("latin.txt");
    Files.write(latin, "gr\u00fcn\n".getBytes(StandardCharsets.ISO_8859_1));
    refused(": not a text in UTF-8", latin);
    Path large = Files.write(temporary.resolve("large.txt"), new byte[(1 << 24) + 1]);
    refused(": larger than any file of texts", large);
    assertThrows(IOException.class, () -> new TextsFile(temporary.resolve("none.txt")).read());
  }
}
