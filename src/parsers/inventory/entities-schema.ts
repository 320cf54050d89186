import type { XmlSchema } from './xml-records.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * What is read of an SFOS export (Entities.xml, or an answer of its API to Get). Element names as
 * Sophos's API documentation has them.
 */
export const entitiesSchema: XmlSchema = {
  records: {
    Configuration: {
      parent: 'VPNIPSecConnection',
      wanted: new Set(
        words(`Name ConnectionType Policy ActionOnVPNRestart AliasLocalWANPort LocalWANPort IPFamily
          RemoteHost LocalID RemoteID LocalSubnet RemoteNetwork/Network Status
          DisconnectWhenTunnelIdle DisconnectOnIdleInterval`),
      ),
    },
    GroupDetail: {
      parent: 'VPNFailoverGroup',
      wanted: new Set(words('Name MemberConnections/Connection AutomaticFailback')),
    },
    VPNProfile: { parent: undefined, wanted: profileElements() },
    IPHost: {
      parent: undefined,
      wanted: new Set(
        words(`Name IPFamily HostType IPAddress Subnet StartIPAddress EndIPAddress
          ListOfIPAddresses`),
      ),
    },
    IPHostGroup: { parent: undefined, wanted: new Set(words('Name HostList/Host')) },
  },
  known: new Set(
    words(`Description AuthenticationType LocalIDType RemoteIDType NATedLAN AllowNATTraversal
      UserAuthenticationMode Protocol LocalPort RemotePort Username Password PresharedKey
      LocalCertificate RemoteCertificate LocalIDCertificate MailNotification
      FailoverCondition/FailoverIF/Protocol FailoverCondition/FailoverIF/Port KeyingMethod
      AllowReKeying KeyNegotiationTries PassDataInCompressedFormat sha2_96_truncate
      UseStrictProfile Phase1/ActionWhenPeerUnreachable HostGroupList/HostGroup IPFamily`),
  ),
};

function profileElements(): ReadonlySet<string> {
  const algorithms = ['Phase1', 'Phase2'].flatMap((phase) =>
    [1, 2, 3].flatMap((n) => [
      `${phase}/EncryptionAlgorithm${n}`,
      `${phase}/AuthenticationAlgorithm${n}`,
    ]),
  );
  const others = words(`Name keyexchange AuthenticationMode Phase1/SupportedDHGroups/DHGroup
    Phase1/KeyLife Phase1/ReKeyMargin Phase1/RandomizeRe-KeyingMarginBy Phase1/DeadPeerDetection
    Phase1/CheckPeerAfterEvery Phase1/WaitForResponseUpto Phase2/PFSGroup Phase2/KeyLife`);
  return new Set([...algorithms, ...others]);
}
