export default {
    "positions": ["yes", "no", "abstain", "not_voting", "absent", "recused"],
    "counted": ["yes", "no", "abstain", "not_voting"],
    "genders": { "masculine": "m", "feminine": "f" },
    "names": {
        "uk": ["family", "given", "patronymic"],
        "lt": ["given", "patronymic", "family"],
        "ka": ["given", "patronymic", "family"],
        "en": ["given", "patronymic", "family"]
    },
    "unicase": ["ka"],
    "queued": 3
}
