package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Which fields an annotation of a composition's file has. */
final class AnnotationForm {
  private static final List<Set<String>> FORMS =
      List.of(
          Set.of("arrow"),
          Set.of("box"),
          Set.of("text", "at"),
          Set.of("horizon"),
          Set.of("palette"),
          Set.of("lineWeight"),
          Set.of("depth"));
  private static final int LONGEST = 200; // of a file's text that a message shows

  private AnnotationForm() {}

  /** Refuses a misspelt field, and two marks in one. */
  static void require(JsonNode node) {
    List<String> named = new ArrayList<>();
    node.fieldNames().forEachRemaining(named::add);
    boolean known =
        FORMS.stream().anyMatch(form -> named.size() == form.size() && form.containsAll(named));
    if (!known) {
      throw new IllegalArgumentException(
          "an annotation has 'arrow', 'box', 'text' with 'at', 'horizon', 'palette', 'lineWeight' or"
              + " 'depth', not "
              + shown(node));
    }
  }

  /** As much of it as fits into a message. */
  static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
  }
}
