package dev.dualprocess.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Java that stands in a document. Blocks that declare no type are fragments and not taken. */
final class Snippets {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```");
  private static final Pattern TYPE =
      Pattern.compile("(?m)^(?:public )?(?:final )?(?:class|record|interface|enum) (\\w+)");

  private Snippets() {}

  /**
   * Writes each into the folder of sources as the file of its type.
   *
   * @return the names of the types
   */
  static List<String> write(Path document, Path sources) throws IOException {
    Files.createDirectories(sources);
    List<String> blocks =
        BLOCK
            .matcher(Files.readString(document))
            .results()
            .map((MatchResult match) -> match.group(1))
            .filter(block -> TYPE.matcher(block).find())
            .toList();
    for (String block : blocks) {
      Files.writeString(sources.resolve(type(block) + ".java"), block);
    }
    return blocks.stream().map(Snippets::type).toList();
  }

  private static String type(String block) {
    return TYPE.matcher(block).results().findFirst().orElseThrow().group(1);
  }
}
