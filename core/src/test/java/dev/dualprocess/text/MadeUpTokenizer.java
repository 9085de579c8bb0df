package dev.dualprocess.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;

/** Tokenizers of valid parts that nobody put together so. */
record MadeUpTokenizer(SplittableRandom random, JsonNode charsmap) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final List<String> NORMALIZERS =
      List.of(
          "{'type':'NFC'}",
          "{'type':'NFD'}",
          "{'type':'NFKC'}",
          "{'type':'NFKD'}",
          "{'type':'Nmt'}",
          "{'type':'Lowercase'}",
          "{'type':'StripAccents'}",
          "{'type':'ByteLevel'}",
          "{'type':'Strip','strip_left':true,'strip_right':true}",
          "{'type':'Strip','strip_left':true,'strip_right':false}",
          "{'type':'Strip','strip_left':false,'strip_right':true}",
          "{'type':'Prepend','prepend':'\u2581'}",
          "{'type':'Prepend','prepend':'ab'}",
          "{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,'lowercase':true}",
          "{'type':'Replace','pattern':{'String':' '},'content':'\u2581'}",
          "{'type':'Replace','pattern':{'String':'a'},'content':''}",
          "{'type':'Replace','pattern':{'String':'a'},'content':' '}",
          "{'type':'Replace','pattern':{'Regex':'\\\\s+'},'content':' '}",
          "{'type':'Replace','pattern':{'Regex':'.'},'content':''}",
          "{'type':'Replace','pattern':{'Regex':'[^a-z]+'},'content':'xyz'}",
          "{'type':'Precompiled'}");

  private static final List<String> PRE_TOKENIZERS =
      List.of(
          "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true,'use_regex':true}",
          "{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':false,'use_regex':false}",
          "{'type':'Metaspace','replacement':'\u2581','prepend_scheme':'always','split':true}",
          "{'type':'Metaspace','replacement':'a','prepend_scheme':'first','split':true}",
          "{'type':'Metaspace','replacement':' ','prepend_scheme':'never','split':false}",
          "{'type':'Whitespace'}",
          "{'type':'WhitespaceSplit'}",
          "{'type':'BertPreTokenizer'}",
          "{'type':'Digits','individual_digits':true}",
          "{'type':'Punctuation'}",
          "{'type':'Split','pattern':{'Regex':'\\\\s+'},'behavior':'MergedWithNext','invert':false}",
          "{'type':'Split','pattern':{'Regex':'[a-z]+'},'behavior':'Removed','invert':true}",
          "{'type':'Split','pattern':{'String':' '},'behavior':'Contiguous','invert':false}",
          "{'type':'Split','pattern':{'String':'e'},'behavior':'MergedWithPrevious','invert':true}");

  private static final List<String> DECODERS =
      List.of(
          "{'type':'ByteFallback'}",
          "{'type':'Fuse'}",
          "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}",
          "{'type':'Metaspace','replacement':'\u2581','prepend_scheme':'always'}",
          "{'type':'Strip','content':' ','start':3,'stop':0}",
          "{'type':'WordPiece','prefix':'##','cleanup':true}",
          "{'type':'BPEDecoder','suffix':'</w>'}",
          "{'type':'Replace','pattern':{'Regex':'[a-z]'},'content':'xyz'}");

  private static final List<String> POST_PROCESSORS =
      List.of(
          "{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':true}",
          "{'type':'BertProcessing','sep':['b',1],'cls':['a',0]}",
          "{'type':'RobertaProcessing','sep':['b',1],'cls':['a',0],'trim_offsets':true,"
              + "'add_prefix_space':true}",
          "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'s','type_id':7}},"
              + "{'Sequence':{'id':'A','type_id':1}}],'pair':[{'Sequence':{'id':'A','type_id':0}},"
              + "{'Sequence':{'id':'B','type_id':0}}],"
              + "'special_tokens':{'s':{'id':'s','ids':[0,1],'tokens':['a','b']}}}");

  private static final List<String> MODELS =
      List.of(
          "{'type':'WordLevel','vocab':{'a':0,'\u2581a':3},'unk_token':'a'}",
          "{'type':'WordPiece','vocab':{'a':0,'##b':1,'':2},'unk_token':'a',"
              + "'continuing_subword_prefix':'##','max_input_chars_per_word':100}",
          "{'type':'Unigram','unk_id':0,'vocab':[['a',-1],['',0],['ab',3],['\u2581',2],['a',5]]}",
          "{'type':'Unigram','unk_id':0,'vocab':[['<0xE2>',-1],['<0x81>',1]],'byte_fallback':true}",
          "{'type':'BPE','vocab':{'a':0,'b':1,'ab':2,'':0},'merges':[['a','b'],['a','']]}",
          "{'type':'BPE','vocab':{'a':0,'##b':1,'ab':2,'a</w>':7},'merges':['a ##b'],"
              + "'continuing_subword_prefix':'##','end_of_word_suffix':'</w>','unk_token':'a'}",
          "{'type':'BPE','vocab':{'a':0,'<0xE2>':1,'<0x96>':9},'merges':[],'byte_fallback':true,"
              + "'unk_token':'a','fuse_unk':true,'ignore_merges':true}");

  private static final List<String> CONTENTS =
      List.of(
          "a", "ab", " ", "  ", "\u2581", "\u00e9", "e\u0301", "\u0301", "</s>", "\0", "A", "#");

  ObjectNode json() {
    ObjectNode root = MAPPER.createObjectNode().put("version", "1.0");
    root.set("normalizer", chain("normalizers", NORMALIZERS, 4));
    root.set("pre_tokenizer", chain("pretokenizers", PRE_TOKENIZERS, 3));
    root.set("decoder", chain("decoders", DECODERS, 3));
    root.set("post_processor", chain("processors", POST_PROCESSORS, 2));
    root.set("model", pick(MODELS));
    ArrayNode added = root.putArray("added_tokens");
    for (int i = random.nextInt(5); i > 0; i--) {
      String content = CONTENTS.get(random.nextInt(CONTENTS.size()));
      ObjectNode token = added.addObject().put("id", random.nextInt(6)).put("content", content);
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
        token.put(flag, random.nextBoolean());
      }
    }
    return root;
  }

  private JsonNode chain(String field, List<String> steps, int most) {
    int count = random.nextInt(most + 1);
    if (count == 0) {
      return MAPPER.nullNode();
    }
    ObjectNode sequence = MAPPER.createObjectNode().put("type", "Sequence");
    ArrayNode list = sequence.putArray(field);
    for (int i = 0; i < count; i++) {
      list.add(pick(steps));
    }
    return count == 1 ? list.get(0) : sequence;
  }

  private JsonNode pick(List<String> of) {
    try {
      JsonNode part = MAPPER.readTree(of.get(random.nextInt(of.size())).replace('\'', '"'));
      if (part.path("type").asText().equals("Precompiled")) {
        ((ObjectNode) part).set("precompiled_charsmap", charsmap);
      }
      return part;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
