// The layout of the network, in a worker of its own: positions go back as the forces settle.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

self.onmessage = ({ data: { nodes, links } }) => {
  const placed = nodes.map(([x, y, degree], index) => ({ index, x, y, degree }));
  const simulation = forceSimulation(placed)
    .force("link", forceLink(links.map(([source, target]) => ({ source, target }))).distance(42))
    .force("charge", forceManyBody().strength(-70).distanceMax(420))
    .force("collide", forceCollide((node) => 4 + Math.sqrt(node.degree) * 1.6))
    .force("x", forceX().strength(0.03))
    .force("y", forceY().strength(0.04))
    .stop();
  const rounds = Math.min(300, Math.ceil(120000 / Math.max(400, nodes.length)));
  for (let round = 1; round <= rounds; round += 1) {
    simulation.tick();
    if (round % 12 === 0 || round === rounds) {
      const positions = new Float32Array(placed.length * 2);
      placed.forEach((node, number) => positions.set([node.x, node.y], number * 2));
      self.postMessage({ positions, done: round === rounds }, [positions.buffer]);
    }
  }
};
