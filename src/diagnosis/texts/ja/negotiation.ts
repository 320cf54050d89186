import type { CauseTexts } from '../cause-text.ts';

const otherLog =
  '拒否した側のログに理由が残ります。同じ時刻のリモートファイアウォールの /log/charon.log を確認してください。';

/** What keeps a tunnel from coming up: the negotiation. */
export const negotiation = {
  'phase1-proposal-mismatch': {
    cause: '両側に共通するフェーズ 1 のプロポーザルがありません。',
    check: otherLog,
    remedies: {
      sfos: [
        '「プロファイル」>「IPsec プロファイル」: フェーズ 1 の暗号化、認証、DH グループを両方のファイアウォールで同じにします。',
        '「サイト間 VPN」>「IPsec」: ゲートウェイのアドレスを、リモートファイアウォールのリスニングインターフェースに合わせます。',
        '「サイト間 VPN」>「IPsec」: ローカル ID とリモート ID を、リモートファイアウォールの設定と対になるようにします。',
        'すべて一致している場合は、拒否しているのはリモート側なので、リモートファイアウォールの管理者に確認を依頼します。',
      ],
      strongswan: [
        'ike= (swanctl.conf では proposals) の暗号化、完全性、PRF、DH グループを両側で共通にします。',
        'right= (remote_addrs) を、相手側の left= (local_addrs) のアドレスに合わせます。',
        'leftid= と rightid= (local.id、remote.id) を、相手側の設定と対になるようにします。',
        'すべて一致している場合は、拒否しているのは相手側なので、相手側の確認を依頼します。',
      ],
    },
  },
  'gateway-address-mismatch': {
    cause: 'IKE が届いたアドレスの組に対応する接続が、どちらかの側にありません。',
    check:
      'これが原因であれば、相手側のログに「no IKE config found for」と 2 つのアドレスが記録されています。',
    remedies: {
      sfos: [
        '「サイト間 VPN」>「IPsec」: ゲートウェイのアドレスをリモートファイアウォールのリスニングインターフェースのアドレスに合わせ、逆方向も同様に合わせます。',
        'NAT の内側にある場合は、ゲートウェイのアドレスにグローバルアドレスを指定し、両側の ID にはアドレス以外を使います。',
        '一致している場合は、リモートファイアウォールの管理者に接続の設定の確認を依頼します。',
      ],
      strongswan: [
        'left= と right= (local_addrs、remote_addrs) を両側で対になるようにします。',
        'NAT の内側にある場合は、right= にグローバルアドレスを指定し、leftid= と rightid= を明示します。',
        '一致している場合は、相手側でこのアドレスの接続が読み込まれているか (ipsec statusall) を確認します。',
      ],
    },
  },
  'id-mismatch': {
    cause: '一方の ID がもう一方で受け入れられません。ID の種類または ID そのものが異なります。',
    check:
      '相手側のログで判断できます。「no matching peer config found」や identity の constraint は ID、「MAC mismatched」は事前共有鍵が原因です。',
    remedies: {
      sfos: [
        'リモートファイアウォールのログで、ID が原因で拒否されていることを確認します。',
        '「サイト間 VPN」>「IPsec」: こちらのローカル ID の種類とローカル ID を、相手側のリモート ID の種類とリモート ID に合わせ、逆方向も同様に合わせます。',
      ],
      strongswan: [
        '相手側のログで、ID が原因で拒否されていることを確認します。',
        'こちらの leftid= (local.id) を相手側の rightid= (remote.id) に合わせ、逆方向も同様に合わせます。アドレス、名前、DN は互いに一致しません。',
      ],
    },
  },
  'psk-mismatch': {
    cause: '事前共有鍵が両側で異なるか、この ID の組に対する鍵が一方にありません。',
    check:
      '相手側のログで判断できます。「MAC mismatched」「no shared key found」や復号できないペイロードは鍵、「no matching peer config found」は ID が原因です。',
    remedies: {
      sfos: [
        '「サイト間 VPN」>「IPsec」: 両方のファイアウォールに同じ事前共有鍵を設定します。',
        '鍵が同じ場合は、ISP や途中の機器 (ルーター、別のファイアウォール) がパケットを破損していないか確認します。',
        '「ネットワーク」>「インターフェイス」: WAN インターフェースの MTU と MSS を ISP の指定値にします。',
      ],
      strongswan: [
        '両側の ipsec.secrets (swanctl.conf では secrets.ike) に、この ID の組の同じ鍵を設定し、読み込み直します。',
        '鍵が同じ場合は、ISP や途中の機器がパケットを破損していないか確認します。',
        'WAN インターフェースの MTU を ISP の指定値にするか、fragmentation=yes にします。',
      ],
    },
  },
  'packet-corruption': {
    cause: '届いたパケットが壊れており、完全性の検査に失敗しています。',
    remedies: {
      sfos: [
        'ISP や途中の機器 (ルーター、別のファイアウォール) がパケットを破損していないか確認し、そこの IPsec 支援機能 (ALG、パススルー) を無効にします。',
        '「ネットワーク」>「インターフェイス」: WAN インターフェースの MTU と MSS を ISP の指定値にします。',
        '事前共有鍵が変更された可能性がある場合は、両方のファイアウォールで比較します。',
      ],
      strongswan: [
        'ISP や途中の機器がパケットを破損していないか確認し、そこの IPsec 支援機能を無効にします。',
        'WAN インターフェースの MTU を ISP の指定値にするか、fragmentation=yes にします。',
        '鍵が変更された可能性がある場合は、両側で比較します。',
      ],
    },
  },
  'ike-version-mismatch': {
    cause: '一方が IKEv1、もう一方が IKEv2 を使っています。',
    check: '両側のバージョンを比べてください。拒否の形は、ゲートウェイが未知の場合と同じです。',
    remedies: {
      sfos: [
        '「プロファイル」>「IPsec プロファイル」: 鍵交換 (IKEv1 または IKEv2) を両方のファイアウォールで同じにします。',
        '同じ場合は、リモートファイアウォールのログの確認を依頼します。',
      ],
      strongswan: [
        'keyexchange=ikev1 または ikev2 (version = 1 または 2) を両側で揃えます。',
        '同じ場合は、相手側のログの確認を依頼します。',
      ],
    },
  },
  'exchange-mode-mismatch': {
    cause: '一方がメインモード、もう一方がアグレッシブモードを使っています。',
    check:
      'これが原因であれば、相手側のログに「none allows … using」とモードの名前が記録されています。',
    remedies: {
      sfos: [
        '「プロファイル」>「IPsec プロファイル」: 認証モード (メインまたはアグレッシブ) を両方のファイアウォールで同じにします。メインモードまたは IKEv2 を推奨します。',
      ],
      strongswan: [
        'aggressive= を両側で揃えます (no を推奨)。事前共有鍵によるアグレッシブモードでは、応答側に i_dont_care_about_security_and_use_aggressive_mode_psk も必要です。',
      ],
    },
  },
  'phase2-proposal-mismatch': {
    cause: 'フェーズ 1 は確立しましたが、両側に共通するフェーズ 2 のプロポーザルがありません。',
    check: otherLog,
    remedies: {
      sfos: [
        '「プロファイル」>「IPsec プロファイル」: フェーズ 2 の暗号化アルゴリズム、認証アルゴリズム、DH グループ (PFS) を両方のファイアウォールで同じにします。',
        '一致している場合は、リモートファイアウォールのログで原因を調べます。',
      ],
      strongswan: [
        'esp= (esp_proposals) の暗号化、完全性、DH グループを両側で共通にします。',
        '一致している場合は、相手側のログで原因を調べます。',
      ],
    },
  },
  'pfs-mismatch': {
    cause:
      'フェーズ 2 の DH グループ (PFS) だけが異なります。IKEv2 では最初は確立し、鍵の再生成のときに失敗します。',
    check: otherLog,
    remedies: {
      sfos: [
        '「プロファイル」>「IPsec プロファイル」: フェーズ 2 の PFS グループ (DH グループ) を両方のファイアウォールで同じにします。',
        '一致している場合は、リモートファイアウォールのログで原因を調べます。',
      ],
      strongswan: [
        'esp= (esp_proposals) の DH グループを両側で同じにするか、両側で省きます。',
        '一致している場合は、相手側のログで原因を調べます。',
      ],
    },
  },
  'subnet-mismatch': {
    cause:
      'フェーズ 1 は確立しましたが、ローカルサブネットとリモートサブネットが両側で一致していません。',
    check: otherLog,
    remedies: {
      sfos: [
        '「サイト間 VPN」>「IPsec」: こちらのローカルサブネットを相手側のリモートサブネットに、ネットワークとマスクの両方で合わせ、逆方向も同様に合わせます。',
        '一致している場合は、リモートファイアウォールの管理者にログの確認を依頼します。',
      ],
      strongswan: [
        'こちらの leftsubnet= (local_ts) を相手側の rightsubnet= (remote_ts) に合わせ、逆方向も同様に合わせます。',
        '一致している場合は、相手側のログの確認を依頼します。',
      ],
    },
  },
} satisfies Partial<CauseTexts>;
