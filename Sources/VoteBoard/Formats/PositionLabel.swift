/// The words for a vote that hall systems and open data write, in any gender, case or padding.
enum PositionLabel {
    /// `nil` when the word is not known. The dots that stand for nothing are “did not vote”.
    static func position(_ text: String) -> Position? {
        let word = PlainText.folded(text).filter { $0 != " " && $0 != "." && $0 != "-" && $0 != "_" }
        return switch word {
        case "за", "yes", "už", "uz", "მომხრე", "for", "aye": .yes
        case "проти", "no", "prieš", "pries", "წინააღმდეგი", "against", "nay": .no
        case "утримався", "утрималась", "утрималася", "утримавсь", "утр", "утримались", "abstain", "susilaikė", "susilaike", "თავიშეიკავა":
            .abstain
        case "неголосував", "неголосувала", "неголосувало", "notvoting", "nebalsavo", "არმიუციახმა", "", "0": .notVoting
        case "відсутній", "відсутня", "відсут", "відсутні", "absent", "nedalyvavo", "არესწრებოდა": .absent
        case "конфліктінтересів", "самовідвід", "recused", "nusišalino", "nusisalino", "აცილება": .recused
        case "excused", "ізповажнихпричин": .excused
        case "paired": .paired
        default: nil
        }
    }
}
