package dev.dualprocess.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damage to a JSON tree at random places: a value is deleted, doubled, swapped with another,
 * retyped, made odd or extreme. The same random numbers do the same damage. A place near the root
 * is as likely as one of the many entries of a long list.
 *
 * @param random where all choices come from
 */
public record JsonMutation(SplittableRandom random) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final double DEEPER = 0.8; // the chance to go on into a container
  private static final int MOST_PLACES = 3;

  private static final List<JsonNode> ODD_NUMBERS =
      List.of(
          NODES.numberNode(0),
          NODES.numberNode(1),
          NODES.numberNode(-1),
          NODES.numberNode(7),
          NODES.numberNode(1_000_000_000),
          NODES.numberNode(Integer.MAX_VALUE),
          NODES.numberNode(1L << 32),
          NODES.numberNode(Long.MAX_VALUE),
          NODES.numberNode(Long.MIN_VALUE),
          NODES.numberNode(0.5),
          NODES.numberNode(-1e-300),
          NODES.numberNode(1e300),
          NODES.numberNode(Double.NaN),
          NODES.numberNode(Double.POSITIVE_INFINITY));

  private static final List<String> ODD_TEXTS =
      List.of(
          "",
          " ",
          "!",
          "\0",
          "\n",
          "A",
          "$A",
          "null",
          "</s>",
          "[UNK]",
          "\u2581",
          "\u0301\u0302",
          "\uD83D\uDE00",
          "\uD83D",
          "e\u0301",
          "(",
          "\\",
          "(a+)+$",
          "(?:a|a)*b",
          "(?<=a)",
          ".*",
          "AAAA",
          "BAAAAAAAAABh",
          "NaN",
          "-1",
          "../..",
          "A".repeat(5000),
          "\u0301".repeat(500));

  /** A copy of {@code root} with one to three places damaged; the root itself stays. */
  public JsonNode mutated(JsonNode root) {
    JsonNode copy = root.deepCopy();
    int places = 1 + random.nextInt(MOST_PLACES);
    for (int i = 0; i < places; i++) {
      damage(copy);
    }
    return copy;
  }

  private void damage(JsonNode root) {
    Place place = place(root);
    if (place == null) {
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> place.remove();
      case 1 -> place.insert(random.nextInt(), place.value().deepCopy());
      case 2 -> swap(place, place(root));
      case 3 -> place.set(other());
      default -> place.set(changed(place.value()));
    }
  }

  /** The two values trade places, as copies: one may stand inside the other. */
  private static void swap(Place one, Place two) {
    JsonNode first = one.value().deepCopy();
    JsonNode second = two.value().deepCopy();
    two.set(first);
    one.set(second);
  }

  /** A random place below {@code root}, null if it has none. */
  private Place place(JsonNode root) {
    JsonNode parent = root;
    Place place = null;
    while (parent.isContainerNode() && !parent.isEmpty()) {
      if (place != null && random.nextDouble() > DEEPER) {
        break;
      }
      place = Place.of(parent, random.nextInt(parent.size()));
      parent = place.value();
    }
    return place;
  }

  /** A value of the same type. */
  private JsonNode changed(JsonNode value) {
    if (value.isTextual()) {
      return NODES.textNode(changed(value.textValue()));
    }
    if (value.isNumber()) {
      return random.nextBoolean()
          ? NODES.numberNode(value.longValue() + random.nextInt(-2, 3))
          : pick(ODD_NUMBERS);
    }
    if (value.isBoolean()) {
      return NODES.booleanNode(!value.booleanValue());
    }
    return value.isArray() ? NODES.arrayNode() : other();
  }

  private String changed(String text) {
    int at = text.isEmpty() ? 0 : random.nextInt(text.length());
    return switch (random.nextInt(5)) {
      case 0 -> text.substring(0, at);
      case 1 -> text.substring(0, at) + pick(ODD_TEXTS) + text.substring(at);
      case 2 -> text + text;
      case 3 -> text.isEmpty() ? "a" : replaced(text, at, (char) random.nextInt(1, 128));
      default -> pick(ODD_TEXTS);
    };
  }

  private static String replaced(String text, int at, char c) {
    return text.substring(0, at) + c + text.substring(at + 1);
  }

  /** A value of any type. */
  private JsonNode other() {
    return switch (random.nextInt(7)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> pick(ODD_NUMBERS);
      case 3 -> NODES.arrayNode();
      case 4 -> NODES.objectNode();
      case 5 -> nested();
      default -> NODES.textNode(pick(ODD_TEXTS));
    };
  }

  private JsonNode nested() {
    ArrayNode root = NODES.arrayNode();
    ArrayNode inner = root;
    for (int depth = random.nextInt(1, 300); depth > 0; depth--) {
      inner = inner.addArray();
    }
    return root;
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** A member of an object or an entry of a list. */
  private sealed interface Place {
    static Place of(JsonNode parent, int index) {
      return parent instanceof ObjectNode object
          ? new Member(object, new ArrayList<>(object.properties()).get(index).getKey())
          : new Entry((ArrayNode) parent, index);
    }

    JsonNode value();

    void set(JsonNode value);

    void remove();

    /** Beside this place. */
    void insert(int random, JsonNode value);
  }

  private record Member(ObjectNode parent, String name) implements Place {
    @Override
    public JsonNode value() {
      return parent.path(name);
    }

    @Override
    public void set(JsonNode value) {
      parent.set(name, value);
    }

    @Override
    public void remove() {
      parent.remove(name);
    }

    @Override
    public void insert(int random, JsonNode value) {
      parent.set(ODD_TEXTS.get(Math.floorMod(random, ODD_TEXTS.size())), value);
    }
  }

  private record Entry(ArrayNode parent, int index) implements Place {
    @Override
    public JsonNode value() {
      return parent.path(index);
    }

    @Override
    public void set(JsonNode value) {
      if (index < parent.size()) {
        parent.set(index, value);
      }
    }

    @Override
    public void remove() {
      parent.remove(index);
    }

    @Override
    public void insert(int random, JsonNode value) {
      parent.insert(Math.min(index, parent.size()), value);
    }
  }
}
