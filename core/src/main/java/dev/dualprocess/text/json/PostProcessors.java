package dev.dualprocess.text.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;

/** {@code post_processor}: the special tokens around a text. */
final class PostProcessors implements Chain {
  private boolean around;

  @Override
  public String steps() {
    return "processors";
  }

  @Override
  public JsonNode step(Part part, String type) {
    Copy copy = Copy.of(part, type);
    switch (type) {
      case "ByteLevel" -> ByteLevel.read(copy);
      case "TemplateProcessing" -> Template.read(onlyOne(copy));
      case "BertProcessing" -> ends(onlyOne(copy));
      case "RobertaProcessing" -> ends(onlyOne(copy)).flags("trim_offsets", "add_prefix_space");
      default -> throw Chain.unknown(part, type);
    }
    return copy.node();
  }

  /** What stands around a text is three texts to the next step. */
  private Copy onlyOne(Copy copy) {
    if (around) {
      throw copy.from().broken("is the second that puts tokens around a text");
    }
    around = true;
    return copy;
  }

  private static Copy ends(Copy copy) {
    for (String field : new String[] {"sep", "cls"}) {
      Part token = copy.from().at(field).list();
      if (token.value().size() != 2) {
        throw token.broken("must be a token and its id");
      }
      ArrayNode pair = copy.node().putArray(field);
      pair.add(token.at(0).text()).add(token.at(1).number(Ids.MOST));
    }
    return copy;
  }
}
