"""The one sentence that says what a driver agrees to, in both languages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

Words = Mapping[str, tuple[str, str]]
"""Code to English and Chinese."""

PURPOSES: Words = {
    "dpv:ScientificResearch": ("scientific research", "科学研究"),
    "dpv:AcademicResearch": ("academic research", "学术研究"),
    "dpv:CommercialResearch": ("commercial research", "商业研究"),
    "dpv:NonCommercialResearch": ("non-commercial research", "非商业研究"),
    "dpv:ResearchAndDevelopment": ("research and development", "研究与开发"),
    "dpv:ServiceOptimisation": ("improving a service", "改进服务"),
    "dpv:ProductImprovement": ("improving a product", "改进产品"),
    "dpv:PublicBenefit": ("public benefit", "公共利益"),
}
SIGNAL_GROUPS: Words = {
    "battery": ("battery", "电池"),
    "charging": ("charging", "充电"),
    "climate": ("climate control", "空调"),
    "driving": ("driving", "驾驶"),
    "energy": ("energy use", "能耗"),
    "trips": ("trips", "行程"),
}
RECIPIENTS: Words = {
    "accredited_company": ("accredited companies", "通过资质认证的企业"),
    "accredited_developer": ("accredited developers", "通过资质认证的开发者"),
    "research": ("research institutions", "研究机构"),
    "university": ("universities", "高校"),
    "any_developer": ("any developer", "任何开发者"),
    "public": ("everybody", "任何人"),
}


def sentence(
    *,
    purposes: Sequence[str],
    signal_groups: Sequence[str],
    recipient_class: str,
    expires_at: datetime,
) -> dict[str, str]:
    """Return the sentence as `{"en": ..., "zh-Hans": ...}`; unknown codes stand as they are."""
    whom = _word(RECIPIENTS, recipient_class)
    groups = [_word(SIGNAL_GROUPS, code) for code in signal_groups]
    purpose = [_word(PURPOSES, code) for code in purposes]
    until = f"{expires_at:%Y-%m-%d %H:%M} UTC"
    return {
        "en": (
            f"Until {until}, {whom[0]} may get statistics with noise, made with data of these "
            f"kinds from my vehicles: {', '.join(en for en, _ in groups)}; "
            f"only for: {', '.join(en for en, _ in purpose)}."
        ),
        "zh-Hans": (
            f"在 {until} 之前，{whom[1]}可获得用本人车辆的以下类别数据得出的加噪统计结果："  # noqa: RUF001 - Chinese
            f"{'、'.join(zh for _, zh in groups)}；仅用于：{'、'.join(zh for _, zh in purpose)}。"  # noqa: RUF001 - Chinese
        ),
    }


def _word(words: Words, code: str) -> tuple[str, str]:
    return words.get(code, (code, code))
