/** A small cluster of real Redis servers on the loopback interface, for tests: each has a part of the slots, which can be given to another. */
import type { Reply } from "../../runtime/redis/client.ts";
import { freePort, RedisServer } from "./redis-server.ts";

const SLOTS = 16_384;

export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  static async start(count: number, ...more: readonly string[]): Promise<RedisCluster> {
    const nodes: RedisServer[] = [];
    const bus: number[] = [];
    for (let index = 0; index < count; index++) {
      const port = await freePort();
      bus.push(port);
      const cluster = ["--cluster-enabled", "yes", "--cluster-port", `${port}`, "--cluster-node-timeout", "2000"];
      nodes.push(await new RedisServer("--appendonly", "no", ...cluster, ...more).start());
    }
    const made = new RedisCluster(nodes);
    for (const [index, node] of nodes.entries()) {
      const [from, to] = [Math.floor((SLOTS * index) / count), Math.floor((SLOTS * (index + 1)) / count) - 1];
      await node.ask(["CLUSTER", "ADDSLOTSRANGE", `${from}`, `${to}`]);
      if (index > 0) await nodes[0]!.ask(["CLUSTER", "MEET", "127.0.0.1", `${node.port}`, `${bus[index]}`]);
    }
    await made.#agreed();
    return made;
  }

  async slotOf(key: string): Promise<number> {
    return Number(await this.nodes[0]!.ask(["CLUSTER", "KEYSLOT", key]));
  }

  /** The node that has the key. */
  async ownerOf(key: string): Promise<RedisServer> {
    for (const node of this.nodes) {
      try {
        await node.ask(["EXISTS", key]);
        return node;
      } catch {
        // Another one's.
      }
    }
    throw new Error("nobody has the key");
  }

  /** The key's slot, without what is in it, is another node's from now on. */
  async give(key: string, to: RedisServer): Promise<void> {
    const slot = `${await this.slotOf(key)}`;
    const owner = await this.ownerOf(key);
    await owner.ask(["FLUSHALL"]);
    const id = String(await to.ask(["CLUSTER", "MYID"]));
    await to.ask(["CLUSTER", "SETSLOT", slot, "NODE", id]);
    for (const node of this.nodes) if (node !== to) await node.ask(["CLUSTER", "SETSLOT", slot, "NODE", id]);
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }

  async #agreed(): Promise<void> {
    const isReady = (told: Reply): boolean =>
      /cluster_state:ok/.test(String(told)) && String(told).includes(`cluster_known_nodes:${this.nodes.length}`);
    for (let attempt = 0; attempt < 500; attempt++) {
      const told = await Promise.all(this.nodes.map((node) => node.ask(["CLUSTER", "INFO"])));
      if (told.every(isReady)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the cluster does not come together");
  }
}
