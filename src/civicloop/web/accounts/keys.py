"""Security keys, by means of signing that are approved; else the library's own page."""

from typing import Any

from allauth.mfa.webauthn.views import AddWebAuthnView

# COSE numbers: ECDSA over the curves of NIST and Brainpool, EdDSA, RSA (PSS and PKCS 1) and ML-DSA, all with SHA-2
# or SHA-3. Not among them: secp256k1 (-47), SHA-1 (-65535). ASVS 5.0, appendix C.
APPROVED = frozenset({-7, -35, -36, -9, -51, -52, -8, -19, -53, -37, -38, -39, -257, -258, -259})
APPROVED_LATELY = frozenset({-48, -49, -50})  # ML-DSA of FIPS 204


class AddKeyView(AddWebAuthnView):  # type: ignore[misc]  # the library has no types
    """The page on which somebody adds a key."""

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        asked = {**context["js_data"]["creation_options"]["publicKey"]}
        means = asked["pubKeyCredParams"]
        asked["pubKeyCredParams"] = [
            one for one in means if one["alg"] in APPROVED | APPROVED_LATELY
        ]
        context["js_data"] = {"creation_options": {"publicKey": asked}}
        return context


add_key = AddKeyView.as_view()
