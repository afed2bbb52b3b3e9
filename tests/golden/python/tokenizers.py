"""Tokenizers of SentencePiece: small ones, trained here, and how they cut texts."""
import base64
import io
import os
import random
import tempfile

WORDS = ("in the beginning was a word and light of day night water earth heaven living moving upon face deep spirit "
         "firmament gathering lights seasons signs years winged creature kind fruitful multiply seventh rested blessed "
         "über straße cœur naïve Ünïcode ﬁsh größe").split()
TEXTS = ["in the beginning", "the  fishing of lights  ", "  unheard-of words, 12345!", "", "   ", "a\nb\n\nc",
         "gathering gatherings gathered", "The Beginning OF Days", "größer über ﬁre cœurs", "日本 the \u2581 day",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "<s> night </s> <0x41> [x][x] y", "x" * 40 + " the " * 9, "e\u0301t\u0301e"]


def sentences(count):
    order = random.Random(3)
    return [" ".join(order.choices(WORDS, k=order.randint(3, 9))) for _ in range(count)]


def rules():
    """Changes of characters: capitals, a ligature, a letter that becomes two, and two that become one."""
    changes = {chr(65 + i): chr(97 + i) for i in range(26)}
    changes.update({"\ufb01": "fi", "ß": "ss", "e\u0301": "é", "\n": " ", "Ü": "ü"})
    lines = ["%s\t%s" % (" ".join("%X" % ord(c) for c in source), " ".join("%X" % ord(c) for c in target))
             for source, target in sorted(changes.items())]
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", delete=False) as file:
        file.write("\n".join(lines) + "\n")
    return file.name


KINDS = {
    "pairs": dict(model_type="bpe", vocab_size=110, normalization_rule_name="identity"),
    "pairs_bytes": dict(model_type="bpe", vocab_size=380, byte_fallback=True, normalization_rule_name="identity"),
    "pairs_lines": dict(model_type="bpe", vocab_size=120, normalization_rule_name="identity", remove_extra_whitespaces=False,
                        add_dummy_prefix=False, user_defined_symbols=["\n", "[x]"], pad_id=3),
    "pairs_across": dict(model_type="bpe", vocab_size=150, normalization_rule_name="identity", split_by_whitespace=False),
    "chances": dict(model_type="unigram", vocab_size=90, hard_vocab_limit=False, normalization_rule_name="identity"),
    "chances_rules": dict(model_type="unigram", vocab_size=90, hard_vocab_limit=False, rules=True, user_defined_symbols=["[x]", "day"]),
    "chances_bytes": dict(model_type="unigram", vocab_size=350, byte_fallback=True, normalization_rule_name="identity", hard_vocab_limit=False,
                          split_by_whitespace=False),
    "characters": dict(model_type="char", vocab_size=40, hard_vocab_limit=False, rules=True),
    "words": dict(model_type="word", vocab_size=30, hard_vocab_limit=False, normalization_rule_name="identity", unk_surface=" ? "),
}


def train(options):
    import sentencepiece
    options = dict(options)
    path = rules() if options.pop("rules", False) else None
    if path is not None:
        options["normalization_rule_tsv"] = path
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(sentences(400)), model_writer=model, minloglevel=2, num_threads=1,
                                             **options)
    if path is not None:
        os.remove(path)
    return model.getvalue()


def make(book):
    import sentencepiece
    for name, options in KINDS.items():
        model = train(options)
        tokenizer = sentencepiece.SentencePieceProcessor(model_proto=model)
        cases = []
        for text in TEXTS:
            ids = tokenizer.encode(text)
            cases.append({"text": text, "ids": ids})
        book.add("tokenizers", name, {"model": base64.b64encode(model).decode(), "sentencepiece": sentencepiece.__version__,
                                      "pieces": tokenizer.get_piece_size(), "cases": cases})
