package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * {@code TemplateProcessing}: the places of a text A, or of a pair A and B, and of special tokens,
 * each of which {@code special_tokens} explains by the ids that it stands for.
 */
final class Template {
  private static final int MOST_PLACES = 64;
  private static final int MOST_IDS = 16; // of one special token

  private final Copy copy;

  private Template(Copy copy) {
    this.copy = copy;
  }

  static void read(Copy copy) {
    Template template = new Template(copy);
    template.specialTokens();
    template.form("single", List.of("A"));
    template.form("pair", List.of("A", "B"));
  }

  private void specialTokens() {
    ObjectNode known = copy.node().putObject("special_tokens");
    Part tokens = copy.from().at("special_tokens").object();
    for (Map.Entry<String, ?> entry : tokens.value().properties()) {
      Part token = tokens.at(entry.getKey()).object();
      List<Part> ids = token.at("ids").entries(MOST_IDS);
      List<Part> texts = token.at("tokens").entries(MOST_IDS);
      if (ids.size() != texts.size()) {
        throw token.broken("has %d ids for %d tokens".formatted(ids.size(), texts.size()));
      }
      ObjectNode node = known.putObject(entry.getKey()).put("id", token.at("id").text());
      ArrayNode idList = node.putArray("ids");
      ids.forEach(id -> idList.add(id.number(Ids.MOST)));
      ArrayNode textList = node.putArray("tokens");
      texts.forEach(text -> textList.add(text.text()));
    }
  }

  private void form(String name, List<String> texts) {
    ArrayNode list = copy.node().putArray(name);
    Part form = copy.from().at(name);
    for (Part place : form.entries(MOST_PLACES)) {
      list.add(place.object().at("Sequence").isThere() ? sequence(place, texts) : special(place));
    }
    for (String text : texts) {
      long found =
          list.findValues("Sequence").stream()
              .filter(sequence -> sequence.get("id").asText().equals(text))
              .count();
      if (found != 1) {
        throw form.broken("must have the text %s once, not %d times".formatted(text, found));
      }
    }
  }

  private static ObjectNode sequence(Part place, List<String> texts) {
    Copy sequence = Copy.of(place.at("Sequence"));
    sequence.oneOf("id", texts.toArray(String[]::new)).number("type_id", Ids.MOST);
    ObjectNode node = sequence.node().objectNode();
    node.set("Sequence", sequence.node());
    return node;
  }

  private ObjectNode special(Part place) {
    Copy token = Copy.of(place.at("SpecialToken"));
    String id = token.from().at("id").text();
    if (!copy.node().path("special_tokens").has(id)) {
      throw token
          .from()
          .at("id")
          .broken("is '%s', which special_tokens does not have".formatted(id));
    }
    token.node().put("id", id);
    token.number("type_id", Ids.MOST);
    ObjectNode node = token.node().objectNode();
    node.set("SpecialToken", token.node());
    return node;
  }
}
